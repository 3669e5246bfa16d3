"""Prints where robot 07 is in each annotated frame."""

import json
import sys
from dataclasses import dataclass


@dataclass
class Box:
    left: int
    top: int
    width: int
    height: int

    @property
    def middle(self) -> tuple[float, float]:
        return self.left + self.width / 2, self.top + self.height / 2


def robots(lines):
    for line in lines:
        frame = json.loads(line)
        for thing in frame["objects"]:
            if thing["class"] == "robot":
                yield frame["image"], Box(*thing["box"])


if __name__ == "__main__":
    for image, box in robots(sys.stdin):
        print(f"{image}\t{box.middle[0]:.1f}\t{box.middle[1]:.1f}")
