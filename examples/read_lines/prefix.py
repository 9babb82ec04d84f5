def read_lines(path):
    with open(path, 