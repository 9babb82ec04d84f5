package a;

import a.C;
import static a.B.x;
import a.*;
