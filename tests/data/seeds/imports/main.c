#include <stdio.h>
#include "a.h"
#  include <a.h>
