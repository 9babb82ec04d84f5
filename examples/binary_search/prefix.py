def binary_search(arr, target):
    low = 0
    high = len(arr) - 1
    while low <= high:
        mid = 