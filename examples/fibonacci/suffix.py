
    return a
