

print(factorial(5))
