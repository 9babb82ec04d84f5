

print(add(2, 3))
