"""Simple programs as people first write them, with varying names and style: 7 % of what the demo model sees.

A template has groups «a|b|», from each of which one is chosen, and names $like_this, which mean the same choice from NAMES
throughout a program. usage: python programs.py [COUNT]  (prints some)
"""

import random
import re
import sys

NAMES = {
    "items": "items data elements values entries contents stack_data _items storage",
    "item": "item value element x obj entry data",
    "Stack": "Stack MyStack SimpleStack LifoStack ArrayStack",
    "Queue": "Queue MyQueue SimpleQueue FifoQueue Line",
    "Point": "Point Vector Vec2 Position Coordinate Point2D Location",
    "Shape": "Rectangle Box Rect Frame Room",
    "Account": "Account BankAccount Wallet SavingsAccount",
    "Counter": "Counter Tally ClickCounter HitCounter",
    "Person": "Person Student Employee User Customer Member",
    "Node": "Node ListNode Item Link",
    "List": "LinkedList SinglyLinkedList Chain List",
    "arr": "arr nums numbers values array lst data seq items a",
    "nums": "nums numbers values xs data items",
    "n": "n num number k x value",
    "a": "a x first left m num1", "b": "b y second right other num2",
    "low": "low lo left start", "high": "high hi right end", "mid": "mid middle m center",
    "target": "target key wanted needle value",
    "result": "result res out output total_list answer",
    "total": "total s acc result sum_ count",
    "word": "word w token key name", "words": "words tokens parts names",
    "counts": "counts freq counter frequencies d table occurrences",
    "text": "text s string sentence line content",
    "path": "path filename file_path fname name file", "f": "f fh file handle fp",
    "i": "i i i k idx", "j": "j j j m",
    "amount": "amount value money sum_",
    "name": "name label title", "age": "age years level", "self_x": "x x x left row",
}

TEMPLATES = r'''
class $Stack:
«    """A last-in first-out stack."""
||    """Simple stack."""

»    def __init__(self):
        self.$items = []

    def push(self, $item):
«        """Put an item on top."""
|»        self.$items.append($item)

    def pop(self):
«        if not self.$items:
            raise IndexError("pop from empty stack")
|        if self.is_empty():
            return None
|»        return self.$items.pop()
«
    def peek(self):
        return self.$items[-1]
|»«
    def is_empty(self):
        return len(self.$items) == 0
|
    def is_empty(self):
        return not self.$items
|»«
    def __len__(self):
        return len(self.$items)
|
    def size(self):
        return len(self.$items)
|»
===
class $Queue:
    def __init__(self):
        self.$items = []

    def enqueue(self, $item):
        self.$items.append($item)

    def dequeue(self):
«        if not self.$items:
            return None
|»        return self.$items.pop(0)
«
    def is_empty(self):
        return len(self.$items) == 0
|»
    def «__len__|size»(self):
        return len(self.$items)
===
class $Point:
«    """A point in the plane."""

|»    def __init__(self, «x, y|x, y|x: float, y: float|x=0, y=0»):
        self.x = x
        self.y = y
«
    def __repr__(self):
        return f"$Point({self.x}, {self.y})"
|
    def __add__(self, other):
        return $Point(self.x + other.x, self.y + other.y)
|
    def distance(self, other):
        dx = self.x - other.x
        dy = self.y - other.y
        return (dx ** 2 + dy ** 2) ** 0.5
|
    def move(self, dx, dy):
        self.x += dx
        self.y += dy
|
    def norm(self):
        return (self.x ** 2 + self.y ** 2) ** 0.5
|
    def __eq__(self, other):
        return self.x == other.x and self.y == other.y
|»
===
class $Point:
    def __init__(self, x, y, z):
        self.x = x
        self.y = y
        self.z = z

    def to_tuple(self):
        return (self.x, self.y, self.z)
===
class $Shape:
    def __init__(self, width, height):
        self.width = width
        self.height = height

    def area(self):
        return self.width * self.height

    def perimeter(self):
        return 2 * (self.width + self.height)
«
    def is_square(self):
        return self.width == self.height
|»
===
import math


class Circle:
    def __init__(self, radius):
        self.radius = radius

    def area(self):
        return math.pi * self.radius ** 2

    def «circumference|perimeter»(self):
        return 2 * math.pi * self.radius
===
class $Account:
    def __init__(self, «owner, |»balance=0):
«        self.owner = owner
|»        self.balance = balance

    def deposit(self, $amount):
«        if $amount <= 0:
            raise ValueError("amount must be positive")
|»        self.balance += $amount
«        return self.balance
|»
    def withdraw(self, $amount):
        if $amount > self.balance:
            raise ValueError("«insufficient funds|not enough money»")
        self.balance -= $amount
«        return self.balance
|»
===
class $Counter:
    def __init__(self«, start=0|»):
        self.count = 0

    def increment(self):
        self.count += 1

    def «decrement|down»(self):
        self.count -= 1

    def reset(self):
        self.count = 0
===
class $Person:
    def __init__(self, $name, $age):
        self.$name = $name
        self.$age = $age

    def __str__(self):
        return f"{self.$name} ({self.$age})"
«
    def greet(self):
        print(f"Hello, my name is {self.$name}")
|
    def is_adult(self):
        return self.$age >= 18
|»
===
from dataclasses import dataclass


@dataclass
class $Person:
    $name: str
    $age: int
    email: str = ""
«
    def is_adult(self):
        return self.$age >= 18
|»
===
class $Node:
    def __init__(self, value, next=None):
        self.value = value
        self.next = next


class $List:
    def __init__(self):
        self.head = None
«        self.size = 0
|»
    def «append|add»(self, value):
        node = $Node(value)
        if self.head is None:
            self.head = node
            return
        current = self.head
        while current.next«| is not None»:
            current = current.next
        current.next = node
«
    def __iter__(self):
        current = self.head
        while current:
            yield current.value
            current = current.next
|
    def reverse(self):
        previous = None
        current = self.head
        while current:
            following = current.next
            current.next = previous
            previous = current
            current = following
        self.head = previous
|
    def __len__(self):
        count = 0
        current = self.head
        while current:
            count += 1
            current = current.next
        return count
|»
===
class Tree«Node|»:
    def __init__(self, value):
        self.value = value
        self.left = None
        self.right = None

    def insert(self, value):
        if value < self.value:
            if self.left is None:
                self.left = Tree«Node|»(value)
            else:
                self.left.insert(value)
        else:
            if self.right is None:
                self.right = Tree«Node|»(value)
            else:
                self.right.insert(value)
===
def binary_search($arr, $target):
«    """Return the index of $target in the sorted list, or -1."""
|»    $low = 0
    $high = len($arr) - 1
    while $low <= $high:
        $mid = ($low + $high) // 2
        if $arr[$mid] == $target:
            return $mid
        elif $arr[$mid] < $target:
            $low = $mid + 1
        else:
            $high = $mid - 1
    return -1
===
def bisect($arr, $target):
    $low, $high = 0, len($arr)
    while $low < $high:
        $mid = ($low + $high) // 2
        if $arr[$mid] < $target:
            $low = $mid + 1
        else:
            $high = $mid
    return $low
===
def «linear_search|find_index|search|index_of»($arr, $target):
    for $i in range(len($arr)):
        if $arr[$i] == $target:
            return $i
    return -1
===
def «factorial|fact|fac»($n«: int|»)«| -> int»:
«    """Return $n!."""
|»    if $n «<= 1|== 0|< 2|== 1»:
        return 1
    return $n * «factorial|fact|fac»($n - 1)
===
def factorial($n):
    $total = 1
    for $i in range(«1|2», $n + 1):
        $total *= $i
    return $total
===
def power(base, exponent):
    if exponent == 0:
        return 1
    return base * power(base, exponent - 1)
===
def «add|sum_two|plus|add_numbers»($a«: int|: float|», $b«: int|: float|»):
«    """Return the sum of $a and $b."""
|»    return $a + $b


def «sub|subtract|minus»($a, $b):
    return $a - $b


def «mul|multiply|times»($a, $b):
    return $a * $b


def «div|divide»($a, $b):
«    if $b == 0:
        raise ZeroDivisionError("division by zero")
|»    return $a / $b
===
def «add|sum_of|add_two»($a, $b):
«    # add two numbers
|»    return $a + $b


print(«add|sum_of|add_two»(«1, 2|2, 3|40, 2»))
===
def «fibonacci|fib»($n):
«    """Return the first $n Fibonacci numbers."""
|»    a, b = 0, 1
    $result = []
    for _ in range($n):
        $result.append(a)
        a, b = b, a + b
    return $result
===
def «fibonacci|fib»($n):
    a, b = 0, 1
    «for _ in range($n)|for i in range($n)|while a < $n»:
«        yield a
|        print(a)
|»        a, b = b, a + b
    return a
===
def «fibonacci|fib»($n):
    if $n «<= 1|< 2»:
        return $n
    return «fibonacci|fib»($n - 1) + «fibonacci|fib»($n - 2)
===
def «count_words|word_count|word_frequencies|frequencies|histogram»($text):
    $counts = {}
    for $word in $text.«split()|lower().split()|split(" ")»:
        if $word in $counts:
            $counts[$word] += 1
        else:
            $counts[$word] = 1
    return $counts
===
def «count_items|tally|char_count|count_all|count_letters»($arr):
    $counts = «{}|dict()»
    for $word in $arr:
        if $word not in $counts:
            $counts[$word] = 1
        else:
            $counts[$word] += 1
    return $counts
===
def count_words($text):
    $counts = {}
    for $word in $text.split():
        $counts[$word] = $counts.get($word, 0) + 1
    return $counts
===
def is_even($n«: int|»)«| -> bool»:
«    """Return True if $n is even."""
|»    return $n % 2 == 0


def is_odd($n«: int|»)«| -> bool»:
    return $n % 2 «== 1|!= 0»
===
def «is_divisible|divides»($a, $b):
    return $a % $b == 0
===
def is_odd($n):
    return $n % 2 «== 1|!= 0»


def is_even($n):
    return «$n % 2 == 0|not is_odd($n)»
===
def is_prime($n):
    if $n < 2:
        return False
    for $i in range(2, «$n|int($n ** 0.5) + 1»):
        if $n % $i == 0:
            return False
    return True
===
def primes(limit):
    $result = []
    for $n in range(2, limit«| + 1»):
        if is_prime($n):
            $result.append($n)
    return $result
===
def gcd($a, $b):
    while $b:
        $a, $b = $b, $a % $b
    return $a


def lcm($a, $b):
    return $a * $b // gcd($a, $b)
===
def «read_file|load|read_text|read_all|slurp»($path):
«    """Return the text of a file."""
|»    with open($path, «"r"|"r"|encoding="utf-8"|"r", encoding="utf-8"») as $f:
        return $f.read()
===
def «read_lines|load_lines»($path):
    with open($path«, "r"|, encoding="utf-8"|») as $f:
        return [line.«strip|rstrip»() for line in $f]
===
def «count_lines|line_count»($path):
    $total = 0
    with open($path, "r") as $f:
        for line in $f:
            $total += 1
    return $total
===
def «write_file|save|save_text»($path, $text):
    with open($path, "w"«, encoding="utf-8"|») as $f:
        $f.write($text)
===
import json


def load_«json|config»($path):
    with open($path«, "r"|, encoding="utf-8"») as $f:
        return json.load($f)


def save_«json|config»($path, data):
    with open($path, "w") as $f:
        json.dump(data, $f, indent=2)
===
import csv


def read_csv($path):
    rows = []
    with open($path, newline="") as $f:
        reader = csv.reader($f)
        for row in reader:
            rows.append(row)
    return rows
===
def «quicksort|quick_sort|qsort|sort_quick»($arr):
    if len($arr) <= 1:
        return $arr
    pivot = $arr[«0|0|len($arr) // 2|-1»]
    «left|less|smaller|lower» = []
    «right|greater|larger|upper» = []
    for $i in range(1, len($arr)):
        if $arr[$i] < pivot:
            «left|less|smaller|lower».append($arr[$i])
        else:
            «right|greater|larger|upper».append($arr[$i])
    return «quicksort|quick_sort|qsort|sort_quick»(«left|less|smaller|lower») + [pivot] + «quicksort|quick_sort|qsort|sort_quick»(«right|greater|larger|upper»)
===
def quick_sort($arr):
    if len($arr) <= 1:
        return $arr
    pivot = $arr[0]
    left = [x for x in $arr[1:] if x < pivot]
    right = [x for x in $arr[1:] if x >= pivot]
    return quick_sort(left) + [pivot] + quick_sort(right)
===
def bubble_sort($arr):
    n = len($arr)
    for i in range(n):
        for j in range(«0, |»n - i - 1):
            if $arr[j] > $arr[j + 1]:
                $arr[j], $arr[j + 1] = $arr[j + 1], $arr[j]
    return $arr
===
def insertion_sort($arr):
    for i in range(1, len($arr)):
        key = $arr[i]
        j = i - 1
        while j >= 0 and $arr[j] > key:
            $arr[j + 1] = $arr[j]
            j -= 1
        $arr[j + 1] = key
    return $arr
===
def selection_sort($arr):
    for i in range(len($arr)):
        smallest = i
        for j in range(i + 1, len($arr)):
            if $arr[j] < $arr[smallest]:
                smallest = j
        $arr[i], $arr[smallest] = $arr[smallest], $arr[i]
    return $arr
===
def merge_sort($arr):
    if len($arr) <= 1:
        return $arr
    mid = len($arr) // 2
    left = merge_sort($arr[:mid])
    right = merge_sort($arr[mid:])
    return merge(left, right)


def merge(left, right):
    $result = []
    i = j = 0
    while i < len(left) and j < len(right):
        if left[i] <= right[j]:
            $result.append(left[i])
            i += 1
        else:
            $result.append(right[j])
            j += 1
    $result.extend(left[i:])
    $result.extend(right[j:])
    return $result
===
def «largest|find_max|maximum|biggest»($arr):
    «best|largest|maximum» = $arr[0]
    for $i in range(1, len($arr)):
        if $arr[$i] > «best|largest|maximum»:
            «best|largest|maximum» = $arr[$i]
    return «best|largest|maximum»
===
def «smallest|find_min|minimum»($arr):
    best = $arr[0]
    for $item in $arr«[1:]|»:
        if $item < best:
            best = $item
    return best
===
def «total|sum_list|add_all|sum_all»($nums):
    $total = 0
    for $item in $nums:
        $total += $item
    return $total


def «mean|average»($nums):
«    if not $nums:
        return 0
|»    return sum($nums) / len($nums)
===
def «differences|deltas»($arr):
    $result = []
    for $i in range(1, len($arr)):
        $result.append($arr[$i] - $arr[$i - 1])
    return $result
===
def median($nums):
    ordered = sorted($nums)
    n = len(ordered)
    mid = n // 2
    if n % 2 == 0:
        return (ordered[mid - 1] + ordered[mid]) / 2
    return ordered[mid]
===
def reverse«_string|»($text):
    return $text[::-1]


def is_palindrome($text):
«    $text = $text.lower()
|»    return $text == $text[::-1]
===
def count_vowels($text):
    $total = 0
    for char in $text«.lower()|»:
        if char in "aeiou":
            $total += 1
    return $total
===
def «flatten|concat»($arr):
    $result = []
    for sublist in $arr:
        for $item in sublist:
            $result.append($item)
    return $result
===
def «unique|remove_duplicates|dedupe»($arr):
    seen = set()
    $result = []
    for $item in $arr:
        if $item not in seen:
            seen.add($item)
            $result.append($item)
    return $result
===
def «group_by|group|bucket»($arr, key):
    groups = {}
    for $item in $arr:
        k = key($item)
        if k not in groups:
            groups[k] = []
        groups[k].append($item)
    return groups
===
def «evens|even_numbers|filter_even»($nums):
    return [$n for $n in $nums if $n % 2 == 0]


def «squares|square_all»($nums):
    return [$n ** 2 for $n in $nums]
===
def fizzbuzz($n):
    for $i in range(1, $n + 1):
        if $i % 15 == 0:
            print("FizzBuzz")
        elif $i % 3 == 0:
            print("Fizz")
        elif $i % 5 == 0:
            print("Buzz")
        else:
            print($i)
===
def celsius_to_fahrenheit(c«elsius|»):
    return c«elsius|» * 9 / 5 + 32


def fahrenheit_to_celsius(f):
    return (f - 32) * 5 / 9
===
def swap($arr, i, j):
    $arr[i], $arr[j] = $arr[j], $arr[i]
===
def clamp($n, $low, $high):
    if $n < $low:
        return $low
    if $n > $high:
        return $high
    return $n
===
def «max_of_two|larger»($a, $b):
    if $a > $b:
        return $a
    return $b


def absolute($n):
    if $n < 0:
        return -$n
    return $n
===
def transpose(matrix):
    rows = len(matrix)
    cols = len(matrix[0])
    $result = []
    for j in range(cols):
        row = []
        for i in range(rows):
            row.append(matrix[i][j])
        $result.append(row)
    return $result
===
def bfs(graph, start):
    visited = «set()|{start}»
    queue = [start]
    while queue:
        node = queue.pop(0)
        if node not in visited:
            visited.add(node)
            queue.extend(graph[node])
    return visited
===
def dfs(graph, node, visited=None):
    if visited is None:
        visited = set()
    visited.add(node)
    for neighbor in graph[node]:
        if neighbor not in visited:
            dfs(graph, neighbor, visited)
    return visited
===
class «Cache|LRUCache|Memo»:
    def __init__(self, capacity):
        self.capacity = capacity
        self.data = {}

    def get(self, key):
        if key in self.data:
            return self.data[key]
        return None

    def «put|set»(self, key, value):
        self.data[key] = value
===
import argparse


def main():
    parser = argparse.ArgumentParser(«description="«A small tool|Process a file»"|»)
    parser.add_argument("$path"«, help="the file to read"|»)
    parser.add_argument("--verbose", action="store_true")
    args = parser.parse_args()
    with open(args.$path) as $f:
        for line in $f:
            print(line.strip())


if __name__ == "__main__":
    main()
===
import sys


def main():
    if len(sys.argv) < 2:
        print("usage: prog FILE")
        sys.exit(1)
    with open(sys.argv[1]«, "r"|») as $f:
        print(len($f.readlines()))


if __name__ == "__main__":
    main()
===
class Animal:
    def __init__(self, name):
        self.name = name

    def speak(self):
        raise NotImplementedError


class Dog(Animal):
    def speak(self):
        return f"{self.name} says woof"


class Cat(Animal):
    def speak(self):
        return f"{self.name} says meow"
===
def «parse_int|to_int|safe_int»($text, default=«None|0»):
    try:
        return int($text)
    except ValueError:
        return default
===
class «Inventory|Cart|Basket|Library|TodoList»:
    def __init__(self):
        self.$items = {}

    def add(self, $name, «quantity|count»«=1|»):
        if $name in self.$items:
            self.$items[$name] += «quantity|count»
        else:
            self.$items[$name] = «quantity|count»

    def remove(self, $name):
        if $name in self.$items:
            del self.$items[$name]

    def total(self):
        return sum(self.$items.values())
===
class «Matrix|Grid|Board»:
    def __init__(self, rows, cols):
        self.rows = rows
        self.cols = cols
        self.cells = [[0] * cols for _ in range(rows)]

    def get(self, row, col):
        return self.cells[row][col]

    def set(self, row, col, value):
        self.cells[row][col] = value
===
def «zip_lists|pair_up»($a, $b):
    $result = []
    for i in range(min(len($a), len($b))):
        $result.append(($a[i], $b[i]))
    return $result
===
def «timer|timed|log_calls|retry»(func):
    def wrapper(*args, **kwargs):
        «print(f"calling {func.__name__}")|start = time.time()»
        result = func(*args, **kwargs)
        return result
    return wrapper
'''.strip("\n").split("\n===\n")

GROUP = re.compile(r"«([^«»]*)»")


def fill(rng, template):
    """One program from a template."""
    names = {key: rng.choice(choices.split()) for key, choices in NAMES.items()}
    same = {}  # the same group of names (no spaces) is the same choice throughout

    def choose(match):
        options = match[1]
        if re.fullmatch(r"[\w|]+", options):
            if options not in same:
                same[options] = rng.choice(options.split("|"))
            return same[options]
        return rng.choice(options.split("|"))

    text = template
    while GROUP.search(text):
        text = GROUP.sub(choose, text)
    return re.sub(r"\$(\w+)", lambda match: names[match[1]], text)


def program(rng):
    """A small file of one to three parts, in a random style."""
    parts = [fill(rng, template).strip("\n") for template in rng.sample(TEMPLATES, rng.choice((1, 1, 1, 2, 2, 3)))]
    text = "\n\n\n".join(parts) + "\n"
    if rng.random() < 0.12:
        text = text.replace("\n\n\n", "\n\n")
    if rng.random() < 0.35:
        text = re.sub(r'(?<!")"(?!")', "'", text) if "'" not in text else text
    if rng.random() < 0.08:
        text = re.sub(r"^( +)", lambda match: match[1][: len(match[1]) // 2], text, flags=re.M)
    return text


if __name__ == "__main__":
    generator = random.Random(int(sys.argv[2]) if len(sys.argv) > 2 else 0)
    for _ in range(int(sys.argv[1]) if len(sys.argv) > 1 else 3):
        print(program(generator), end="\n# " + "-" * 60 + "\n")
