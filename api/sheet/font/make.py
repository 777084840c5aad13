"""Makes list.ttf.gz: the characters of glyphs.txt out of Noto Sans CJK SC, with
outlines as TrueType wants them, which is what the writer of PDF can embed.

usage: make.py NotoSansCJK-Regular.ttc     (of fonts-noto-cjk; needs fonttools)
"""

import gzip
import io
import sys

from fontTools import subset
from fontTools.pens.cu2quPen import Cu2QuPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont, newTable

SIMPLIFIED = 2  # its place in the collection
DEVIATION = 2.0  # of an outline, in thousandths of its height
TABLES = ["GSUB", "GPOS", "GDEF", "vhea", "vmtx", "VORG", "BASE", "DSIG"]
NAMES = {1: "Onestop List", 3: "Onestop List", 4: "Onestop List", 6: "OnestopList"}
COUNTS = """maxTwilightPoints maxStorage maxFunctionDefs maxInstructionDefs maxStackElements maxSizeOfInstructions
    maxPoints maxContours maxCompositePoints maxCompositeContours maxComponentElements maxComponentDepth""".split()


def cut(font, characters):
    options = subset.Options()
    options.layout_features, options.hinting, options.desubroutinize = [], False, True
    options.notdef_outline, options.name_languages = True, [0x409]
    options.name_IDs = [0, 1, 2, 3, 4, 5, 6, 13, 14]
    options.drop_tables += TABLES
    cutter = subset.Subsetter(options)
    cutter.populate(text=characters)
    cutter.subset(font)
    missing = set(map(ord, characters)) - set(font.getBestCmap())
    if missing:
        sys.exit("not in the font: " + "".join(map(chr, sorted(missing))))


def turn(font):
    order, drawn, glyphs = font.getGlyphOrder(), font.getGlyphSet(), {}
    for name in order:
        pen = TTGlyphPen(None)
        drawn[name].draw(Cu2QuPen(pen, DEVIATION, reverse_direction=True))
        glyphs[name] = pen.glyph()
    font["loca"], font["glyf"] = newTable("loca"), newTable("glyf")
    font["glyf"].glyphOrder, font["glyf"].glyphs = order, glyphs
    most = font["maxp"]
    most.tableVersion, most.maxZones = 0x00010000, 1
    for count in COUNTS:
        setattr(most, count, 0)
    del font["CFF "]
    font["post"].formatType = 3.0
    font.sfntVersion = "\000\001\000\000"
    for name in font["name"].names:
        if name.nameID in NAMES:
            name.string = NAMES[name.nameID].encode(name.getEncoding())


if len(sys.argv) != 2:
    sys.exit(__doc__)
with open("glyphs.txt", encoding="utf-8") as file:
    wanted = file.read().replace("\n", "")
font = TTFont(sys.argv[1], fontNumber=SIMPLIFIED, recalcTimestamp=False)
cut(font, wanted)
turn(font)
whole = io.BytesIO()
font.save(whole)
with open("list.ttf.gz", "wb") as file, gzip.GzipFile("", "wb", 9, file, 0) as packed:
    packed.write(whole.getvalue())
