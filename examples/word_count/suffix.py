
    return counts
