) as f:
        return [line.strip() for line in f]
