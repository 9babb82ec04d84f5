
    }
  }
  return result;
}

console.log(unique([3, 1, 3, 2, 1]));
