

def is_odd(n):
    return not is_even(n)
