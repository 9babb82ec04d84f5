

    def norm(self):
        return (self.x ** 2 + self.y ** 2) ** 0.5
