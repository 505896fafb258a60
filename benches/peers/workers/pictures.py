"""Makes the sets of pictures; run by the venv's Python, since it needs Pillow and numpy.

    pictures.py FOLDER SMALL LARGE [PHOTOGRAPHS]

writes SMALL pictures of 500x375 and LARGE of 4000x3000 in each of three ways: baseline, noisy and
progressive. With a folder of PHOTOGRAPHS, the large ones are made of those. The same arguments
make the same pixels; a set that is there already is left alone.
"""

import io
import pathlib
import sys

import numpy
from PIL import Image, ImageDraw, ImageFilter, ImageOps

SMALL, LARGE = (500, 375), (4000, 3000)
# Bytes of a file, of which ImageNet's photographs have 110 KB and cameras' files 1 to 3 MB.
SMALL_BYTES, BASE_BYTES, NOISY_BYTES = 110_000, 1_200_000, 2_700_000
SEED = 20241
PICTURES = {".jpg", ".jpeg", ".png", ".webp", ".tif", ".tiff", ".bmp"}


def terrain(random, size, octaves=None):
    """Noise of all scales, 0 to 1: each octave has twice the detail and about half the height."""
    total = numpy.zeros((size[1], size[0]), numpy.float32)
    for octave in range(octaves or max(1, (size[0] // 3).bit_length() - 1)):
        cells = 3 * 2**octave
        grid = random.random((cells * size[1] // size[0] + 2, cells + 2), numpy.float32)
        layer = Image.fromarray(grid).resize(size, Image.Resampling.BICUBIC)
        total += numpy.asarray(layer) * 0.55**octave
    total -= total.min()
    return total / total.max()


def landscape(random, size):
    """A sky above lit terrain, in the colours of one place."""
    height = terrain(random, size)
    down, across = numpy.gradient(height)
    light = numpy.clip(0.6 + (across - down) * size[0] * 0.05, 0, 1.3)
    low, high = random.uniform(20, 120, 3), random.uniform(120, 250, 3)
    ground = (low + (high - low) * height[..., None]) * light[..., None]
    horizon = random.uniform(0.2, 0.6) + (terrain(random, size, 4)[0] - 0.5) * 0.4
    rows = numpy.linspace(0, 1, size[1])[:, None]
    sky = random.uniform(140, 250, 3) * (0.7 + 0.3 * rows[..., None]) * (0.8 + 0.2 * height[..., None])
    pixels = numpy.where((rows < horizon)[..., None], sky, ground)
    return Image.fromarray(numpy.clip(pixels, 0, 255).astype(numpy.uint8))


def add_shapes(random, picture):
    """Lays shaded shapes with soft edges and shadows on the picture."""
    width, height = picture.size
    for _ in range(int(random.integers(6, 14))):
        side = int(width * random.uniform(0.06, 0.3))
        x, y = int(random.uniform(-0.1, 0.9) * width), int(random.uniform(-0.1, 0.9) * height)
        mask = Image.new("L", (side, side))
        points = [tuple(point) for point in random.uniform(0.05, 0.95, (int(random.integers(3, 7)), 2)) * side]
        draw = ImageDraw.Draw(mask)
        draw.polygon(points, 255) if random.random() < 0.5 else draw.ellipse((2, 2, side - 3, side - 3), 255)
        mask = mask.filter(ImageFilter.GaussianBlur(width / 1500))
        ramp = numpy.linspace(1.1, 0.3, side)
        shade = ramp[:, None] * 0.5 + ramp[None, :] * 0.5 + 0.2 * terrain(random, (side, side), 5)
        colour = random.uniform(30, 255, 3) * shade[..., None]
        shape = Image.fromarray(numpy.clip(colour, 0, 255).astype(numpy.uint8))
        shadow = mask.point(lambda value: value // 2)
        picture.paste((15, 15, 20), (x + side // 20, y + side // 15), shadow)
        picture.paste(shape, (x, y), mask)


def photograph(random, size):
    """A picture made of nothing."""
    picture = landscape(random, size)
    add_shapes(random, picture)
    return numpy.asarray(picture).astype(numpy.float32)


def enlarged(random, path, size):
    """A photograph in the wanted size."""
    with Image.open(path) as picture:
        picture = ImageOps.fit(ImageOps.exif_transpose(picture).convert("RGB"), size)
    return numpy.asarray(picture).astype(numpy.float32)


def encode(pixels, quality, progressive=False):
    buffer = io.BytesIO()
    picture = Image.fromarray(numpy.clip(pixels, 0, 255).astype(numpy.uint8))
    picture.save(buffer, "JPEG", quality=quality, progressive=progressive)
    return buffer.getvalue()


def with_grain(random, pixels, wanted):
    """Adds as much grain, as a sensor does, as makes a file of the wanted bytes; the JPEG quality
    is the highest of the usual ones that leaves room for it."""
    grain = random.normal(0, 1, pixels.shape[:2]).astype(numpy.float32)
    tint = random.normal(0, 0.3, pixels.shape).astype(numpy.float32)
    grain = grain[..., None] + tint
    for quality in (96, 92, 88, 84, 78, 70, 60):
        if len(encode(pixels + grain, quality)) < wanted:
            break
    low, high = 1.0, 25.0
    for _ in range(6):
        middle = (low + high) / 2
        if len(encode(pixels + grain * middle, quality)) < wanted:
            low = middle
        else:
            high = middle
    return pixels + grain * low, quality


def write(folder, name, data):
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(data)


def make_small(folder, count):
    for number in range(count):
        random = numpy.random.default_rng([SEED, number])
        pixels, quality = with_grain(random, photograph(random, SMALL), SMALL_BYTES)
        write(folder, f"{number:05}.jpg", encode(pixels, quality))


def make_large(folders, count, photographs):
    base, noisy, progressive = folders
    for number in range(count):
        random = numpy.random.default_rng([SEED, 1_000_000 + number])
        if photographs:
            plain = enlarged(random, photographs[number % len(photographs)], LARGE)
        else:
            plain = photograph(random, LARGE)
        name = f"{number:05}.jpg"
        pixels, quality = with_grain(random, plain, BASE_BYTES)
        write(base, name, encode(pixels, quality))
        write(progressive, name, encode(pixels, quality, progressive=True))
        pixels, quality = with_grain(random, plain, NOISY_BYTES)
        write(noisy, name, encode(pixels, quality))


def main(folder, small, large, photographs=None):
    folder = pathlib.Path(folder)
    found = sorted(pathlib.Path(photographs).rglob("*")) if photographs else []
    found = [path for path in found if path.suffix.lower() in PICTURES]
    if photographs and not found:
        sys.exit(f"{photographs}: no photographs here")
    if not photographs and not (folder / "small").exists():
        make_small(folder / "small.new", int(small))
        (folder / "small.new").rename(folder / "small")
    names = ["12mp", "12mp-noisy", "12mp-progressive"]
    if not all((folder / name).exists() for name in names):
        new = [folder / f"{name}.new" for name in names]
        make_large(new, int(large), found)
        for path, name in zip(new, names):
            path.rename(folder / name)


main(*sys.argv[1:])
