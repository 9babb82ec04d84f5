import os, b.c as d
from b import (c,
    x)
from . import c
from a import *
