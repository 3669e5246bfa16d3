"""Makes the files of the demo whose formats are hard to write in a few lines of Rust.

    pip install pillow pyarrow      # and ffmpeg with libx264, libvpx-vp9, libopus, libvorbis and libmp3lame
    python3 make.py telemetry.csv   # the CSV that `byob demo` serves, which becomes telemetry.parquet

Everything shown and heard is drawn and computed here; no recording of anybody's is used.
"""

import io
import math
import pathlib
import random
import subprocess
import sys
import tempfile
import wave
import zipfile
import zlib

from PIL import Image, ImageDraw, ImageFont
from pyarrow import csv, parquet

HERE = pathlib.Path(__file__).parent
FPS, SECONDS, SIZE = 24, 12, (640, 360)

FOG, FLOOR, CEILING = (206, 213, 218), (186, 191, 191), (92, 104, 116)
STEEL, LANE, TEAL, WHITE, DARK = (70, 96, 122), (226, 186, 84), (22, 156, 150), (240, 242, 243), (44, 52, 60)
BOXES = [(200, 162, 120), (184, 141, 98), (200, 162, 120), (242, 241, 236), (107, 147, 180), (118, 167, 144), (212, 131, 108)]


class View:
    """A picture, seen by a camera that looks along the aisle. Lengths in metres: x to the right, y up, z ahead."""

    def __init__(self, size, x, y, z, zoom=0.9, horizon=0.46):
        self.image = Image.new("RGB", size, FOG)
        self.draw = ImageDraw.Draw(self.image)
        self.size, self.at, self.scale = size, (x, y, z), size[0] * zoom
        self.middle = (size[0] / 2, size[1] * horizon)

    def point(self, x, y, z):
        near = max(z - self.at[2], 0.15)
        return (self.middle[0] + (x - self.at[0]) * self.scale / near, self.middle[1] - (y - self.at[1]) * self.scale / near)

    def face(self, corners, colour, light=1.0):
        depth = sum(corner[2] for corner in corners) / len(corners) - self.at[2]
        if depth < 0:
            return
        haze = min(1, depth / 34) ** 0.8 * 0.92
        mixed = tuple(round(min(255, c * light) * (1 - haze) + f * haze) for c, f in zip(colour, FOG))
        self.draw.polygon([self.point(*corner) for corner in corners], fill=mixed)

    def box(self, x0, x1, y0, y1, z0, z1, colour):
        """A box: the faces that the camera can see."""
        if z1 < self.at[2] + 0.15:
            return
        if y1 < self.at[1]:
            self.face([(x0, y1, z0), (x1, y1, z0), (x1, y1, z1), (x0, y1, z1)], colour, 1.12)
        if y0 > self.at[1]:
            self.face([(x0, y0, z0), (x1, y0, z0), (x1, y0, z1), (x0, y0, z1)], colour, 0.55)
        if x1 < self.at[0]:
            self.face([(x1, y0, z0), (x1, y1, z0), (x1, y1, z1), (x1, y0, z1)], colour, 0.92)
        if x0 > self.at[0]:
            self.face([(x0, y0, z0), (x0, y1, z0), (x0, y1, z1), (x0, y0, z1)], colour, 0.84)
        if z0 > self.at[2]:
            self.face([(x0, y0, z0), (x1, y0, z0), (x1, y1, z0), (x0, y1, z0)], colour, 0.74)


def robot(view, x, z, loaded, angle=0):
    """A robot; seen from behind, or from its side when it crosses the aisle."""
    half, length = (0.42, 1.1) if not angle else (0.55, 0.84)
    view.face([(x - half - 0.1, 0.01, z - 0.1), (x + half + 0.1, 0.01, z - 0.1), (x + half + 0.1, 0.01, z + length + 0.1),
               (x - half - 0.1, 0.01, z + length + 0.1)], (140, 146, 148))
    for wheel in (x - half - 0.04, x + half - 0.06):
        view.box(wheel, wheel + 0.1, 0, 0.24, z + 0.1, z + 0.4, DARK)
    view.box(x - half, x + half, 0.1, 0.42, z, z + length, WHITE)
    view.box(x - half, x + half, 0.34, 0.40, z - 0.01, z, TEAL)
    for lamp in (x - half + 0.04, x + half - 0.16):
        view.box(lamp, lamp + 0.12, 0.2, 0.27, z - 0.02, z - 0.01, (232, 90, 70))
    if loaded:
        view.box(x - 0.3, x + 0.3, 0.42, 0.86, z + 0.2, z + 0.8, BOXES[0])
        view.box(x - 0.03, x + 0.03, 0.42, 0.87, z + 0.19, z + 0.2, (225, 200, 165))


def things(side, z):
    """One metre and a half of rack, and what lies in it."""
    dice = random.Random(f"{side} {z}")
    near, far = (1.75, 2.95) if side > 0 else (-2.95, -1.75)
    for level in range(4):
        floor = 0.18 + level * 1.18
        yield near, far, floor - 0.1, floor, z, z + 1.5, STEEL
        along = z + 0.16
        while along < z + 1.2:
            wide, high = dice.uniform(0.35, 0.85), dice.uniform(0.4, 0.9)
            if along + wide < z + 1.46 and dice.random() < 0.86:
                yield near + 0.1, far - 0.1, floor, floor + high, along, along + wide, dice.choice(BOXES)
            along += wide + 0.06
    edge = near if side > 0 else far - 0.1
    yield edge, edge + 0.1, 0, 4.7, z, z + 0.1, LANE


def scene(size, seconds, taken=True, zoom=0.9, horizon=0.36, height=1.9):
    """What the camera behind robot 07 sees."""
    z = seconds * 1.25
    view = View(size, 0.22 * math.sin(seconds * 0.7), height, z, zoom, horizon)
    view.face([(-40, 0, z), (40, 0, z), (40, 0, z + 24), (-40, 0, z + 24)], FLOOR, 1.0)
    for row in range(40):
        near, far = z + (40 - row) * 1.2, z + (41 - row) * 1.2
        view.face([(-9, 0, near), (9, 0, near), (9, 0, far), (-9, 0, far)], FLOOR)
        view.face([(-9, 5.6, near), (9, 5.6, near), (9, 5.6, far), (-9, 5.6, far)], CEILING)
    for row in range(int(z / 1.5) + 30, int(z / 1.5) - 1, -1):
        at = row * 1.5
        if row % 2 == 0:
            view.face([(-9, 0, at), (9, 0, at), (9, 0, at + 0.03), (-9, 0, at + 0.03)], FLOOR, 0.86)
            view.face([(-0.35, 5.5, at), (0.35, 5.5, at), (0.35, 5.5, at + 1.2), (-0.35, 5.5, at + 1.2)], (255, 252, 238), 1.05)
        for x in (-1.5, 1.42):
            view.face([(x, 0.005, at), (x + 0.08, 0.005, at), (x + 0.08, 0.005, at + 1), (x, 0.005, at + 1)], LANE)
        # The crossing.
        if 17 <= row <= 18:
            for x in (-1.2, -0.6, 0, 0.6):
                view.face([(x, 0.005, at), (x + 0.3, 0.005, at), (x + 0.3, 0.005, at + 1.1), (x, 0.005, at + 1.1)], WHITE)
        else:
            for thing in sorted((thing for side in (-1, 1) for thing in things(side, at)), key=lambda thing: -thing[4]):
                view.box(*thing)
        # The other robot waits at the crossing, and passes.
        if row == 17:
            robot(view, -9 + seconds * 0.95, 26.2, True, angle=1)
        if row == int((z + 5) / 1.5):
            robot(view, 0.16 * math.sin(seconds * 0.7 + 0.4), z + 5, taken)
    return view.image


def finish(picture, size, text=None):
    """Made smaller, so that edges are smooth, with a caption."""
    picture = picture.resize(size, Image.LANCZOS)
    if text:
        high = max(20, size[1] // 18)
        draw = ImageDraw.Draw(picture)
        draw.rectangle([0, size[1] - high, size[0], size[1]], fill=(30, 39, 49))
        font = ImageFont.load_default(high * 0.62)
        draw.text((high * 0.5, size[1] - high * 0.86), "ACME ROBOTICS  \u00b7  AISLE 3", fill=(230, 236, 240), font=font)
        draw.text((size[0] - high * 0.5, size[1] - high * 0.86), text, fill=(79, 196, 188), font=font, anchor="ra")
    return picture


def twice(size):
    return size[0] * 2, size[1] * 2


def pictures():
    for name, size, look in [
        ("aisle.jpg", (1920, 1280), dict(seconds=2.2, zoom=0.8, horizon=0.4)),
        ("aisle-tall.jpg", (1000, 2400), dict(seconds=6.4, zoom=1.5, horizon=0.58)),
        ("pick-1.jpg", (960, 640), dict(seconds=9.0, taken=False)),
        ("pick-2.jpg", (960, 640), dict(seconds=9.0, taken=True)),
    ]:
        finish(scene(twice(size), **look), size).save(HERE / name, quality=80, optimize=True, progressive=True)
    small = (256, 144)
    frames = [finish(scene(twice(small), 3 + step / 12), small) for step in range(24)]
    frames[0].save(HERE / "aisle-loop.webp", save_all=True, append_images=frames[1:], duration=83, loop=0, quality=30, method=6)


def tone(samples, rate, start, length, pitch, loud):
    """A soft bell."""
    first = int(start * rate)
    for at in range(first, min(len(samples), first + int(length * rate))):
        t = (at - first) / rate
        fade = min(1, t * 200) * math.exp(-t * 4)
        swing = math.sin(math.tau * pitch * t) + 0.35 * math.sin(math.tau * pitch * 2.01 * t) * math.exp(-t * 6)
        samples[at] += loud * fade * swing


def music(path, seconds, rate=24_000):
    """A slow tune of bells over a hum, as a WAV file."""
    samples = [0.03 * math.sin(math.tau * 98 * t / rate) * (1 + 0.3 * math.sin(math.tau * t / rate / 3)) for t in range(seconds * rate)]
    scale = [196, 220, 261.6, 293.7, 329.6, 392, 440, 523.3]
    dice = random.Random(7)
    step = 2
    for beat in range(seconds * 2 - 3):
        step = max(0, min(len(scale) - 1, step + dice.choice([-2, -1, 1, 1, 2])))
        tone(samples, rate, beat / 2, 2, scale[step], 0.16)
        if beat % 4 == 0:
            tone(samples, rate, beat / 2, 3, scale[step % 3] / 2, 0.2)
    with wave.open(str(path), "wb") as out:
        out.setparams((1, 2, rate, 0, "NONE", ""))
        out.writeframes(b"".join(round(max(-1, min(1, s)) * 32_000).to_bytes(2, "little", signed=True) for s in samples))


def ffmpeg(*arguments):
    subprocess.run(["ffmpeg", "-v", "error", "-y", *map(str, arguments)], check=True)


def films_and_sounds():
    # Nothing about the machine or the day goes into the files.
    plain = ["-map_metadata", "-1", "-fflags", "+bitexact", "-flags:v", "+bitexact", "-flags:a", "+bitexact"]
    sound = ["-map_metadata", "-1", "-fflags", "+bitexact", "-flags:a", "+bitexact", "-ac", 1]
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        for frame in range(FPS * SECONDS):
            text = f"00:00:{frame // FPS:02}.{frame % FPS:02}"
            finish(scene(twice(SIZE), frame / FPS), SIZE, text).save(folder / f"{frame:04}.png", compress_level=1)
        music(folder / "tune.wav", SECONDS)
        frames = ["-framerate", FPS, "-i", folder / "%04d.png", "-i", folder / "tune.wav"]
        ffmpeg(*frames, *plain, "-c:v", "libx264", "-preset", "veryslow", "-crf", 35, "-g", FPS, "-pix_fmt", "yuv420p",
               "-c:a", "aac", "-b:a", "40k", "-movflags", "+faststart", HERE / "aisle.mp4")
        ffmpeg(*frames, *plain, "-c:v", "libvpx-vp9", "-crf", 54, "-b:v", 0, "-g", FPS, "-row-mt", 1, "-pix_fmt", "yuv420p",
               "-c:a", "libopus", "-b:a", "24k", "-cues_to_front", 1, HERE / "aisle.webm")
        ffmpeg("-i", folder / "tune.wav", *sound, "-c:a", "libmp3lame", "-b:a", "32k", HERE / "tune.mp3")
        ffmpeg("-i", folder / "tune.wav", *sound, "-c:a", "libvorbis", "-q:a", 0, HERE / "tune.ogg")


def bundle():
    """A ZIP archive with the same date in it every time."""
    with zipfile.ZipFile(HERE / "bundle.zip", "w", zipfile.ZIP_DEFLATED) as out:
        for name, text in [
            ("firmware/CHANGES.txt", "2.4.1  The gripper lets go when the power fails.\n2.4.0  Quieter brakes.\n"),
            ("firmware/gripper.cfg", "force = 12.5\nspeed = 0.8\nretry = 3\n"),
            ("firmware/wheels.cfg", "radius = 0.12\nbase = 0.84\n" + "# table\n" * 40),
        ]:
            out.writestr(zipfile.ZipInfo(name, (2026, 3, 2, 9, 0, 0)), text, zipfile.ZIP_DEFLATED)


def table(telemetry):
    rows = csv.read_csv(io.BytesIO(telemetry), parse_options=csv.ParseOptions(newlines_in_values=True))
    # By which a test sees whether the two still tell the same.
    rows = rows.replace_schema_metadata({"telemetry.csv": f"crc32 {zlib.crc32(telemetry):08x}"})
    parquet.write_table(rows, HERE / "telemetry.parquet", compression="snappy", row_group_size=500)


if __name__ == "__main__":
    telemetry = pathlib.Path(sys.argv[1]).read_bytes()
    pictures()
    films_and_sounds()
    bundle()
    table(telemetry)
