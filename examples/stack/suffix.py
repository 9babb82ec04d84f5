

    def pop(self):
        return self.items.pop()
