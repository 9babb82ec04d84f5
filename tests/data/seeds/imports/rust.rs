use crate::a::{b::{self, C}, d as e};
mod a;
pub(crate) mod b;
use a::*;
