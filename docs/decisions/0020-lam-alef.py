"""Draw lam and alef as two glyphs that stand side by side, in a copy of Vazirmatn: see 0020-paper.md.

    python docs/decisions/0020-lam-alef.py Vazirmatn-Regular.ttf webapp/fonts/Vazirmatn-Regular.ttf

Needs PyPI `fonttools`. In the font as it comes the two letters are one glyph. A PDF gives that glyph the text "lam
alef", which readers of right-to-left text turn round, so that every "لا" is copied and searched as "ال". Here the lam
takes the whole drawing and half of the width, the alef the other half and no drawing: it looks the same, and each has
its own text.
"""

import sys

from fontTools.otlLib.builder import buildCoverage, buildLookup, buildSingleSubstSubtable
from fontTools.ttLib import TTFont
from fontTools.ttLib.tables import otTables
from fontTools.ttLib.tables._g_l_y_f import Glyph

LAMS = ("uniFEDF", "uniFEE0")
ALEFS = ("uniFE8E", "uniFE82", "uniFE84", "uniFE88", "uniFB51")

RIGHT_TO_LEFT_WITHOUT_MARKS = 9


def main(source: str, target: str) -> None:
    font = TTFont(source)
    gsub = font["GSUB"].table
    ligatures = dict(_taken_out(gsub))
    for alef in ALEFS:
        _add(font, f"{alef}.lam", Glyph(), (0, 0))
    for (lam, alef), ligature in ligatures.items():
        width, _bearing = font["hmtx"][ligature]
        drawing = _flat(font, ligature)
        # The alef of every lam has the same width, so the lam takes what is left.
        font["hmtx"][f"{alef}.lam"] = (_half(font, ligatures, alef), 0)
        drawing.coordinates.translate((-_half(font, ligatures, alef), 0))
        drawing.recalcBounds(font["glyf"])
        _add(font, f"{lam}.{alef}", drawing, (width - _half(font, ligatures, alef), drawing.xMin))
    steps = [_step(font, {alef: f"{alef}.lam" for alef in ALEFS}, before=LAMS)]
    steps += [
        _step(font, {lam: f"{lam}.{alef}" for lam in LAMS if (lam, alef) in ligatures}, after=(f"{alef}.lam",))
        for alef in ALEFS
    ]
    for record in gsub.FeatureList.FeatureRecord:
        if record.FeatureTag == "rlig":
            record.Feature.LookupListIndex += steps
            record.Feature.LookupCount = len(record.Feature.LookupListIndex)
    font.save(target)


def _taken_out(gsub):
    """Yield each pair of a lam and an alef with their ligature, and take it out of the font."""
    for lookup in gsub.LookupList.Lookup:
        for table in (getattr(one, "ExtSubTable", one) for one in lookup.SubTable):
            for lam in LAMS:
                for one in list(getattr(table, "ligatures", {}).get(lam, ())):
                    if len(one.Component) == 1 and one.Component[0] in ALEFS:
                        yield (lam, one.Component[0]), one.LigGlyph
                        table.ligatures[lam].remove(one)


def _half(font, ligatures, alef):
    return min(font["hmtx"][ligature][0] for (_, own), ligature in ligatures.items() if own == alef) // 2


def _flat(font, name):
    """Return a glyph as outlines of its own, without components."""
    glyphs = font["glyf"]
    coordinates, ends, flags = glyphs[name].getCoordinates(glyphs)
    glyph = Glyph()
    glyph.numberOfContours = len(ends)
    glyph.coordinates, glyph.endPtsOfContours, glyph.flags = coordinates.copy(), list(ends), flags
    glyph.program = type(glyphs["uniFEFB"].program)()
    glyph.program.fromBytecode(b"")
    return glyph


def _add(font, name, glyph, metrics):
    if name not in font.getGlyphOrder():
        font.setGlyphOrder([*font.getGlyphOrder(), name])
    font["glyf"].glyphs[name] = glyph
    font["glyf"].glyphOrder = font.getGlyphOrder()
    font["hmtx"][name] = metrics
    font["GDEF"].table.GlyphClassDef.classDefs[name] = 1


def _step(font, mapping, before=(), after=()):
    """Add a replacement of glyphs that depends on the letter before or after; return the number of its lookup."""
    gsub, order = font["GSUB"].table, font.getReverseGlyphMap(rebuild=True)
    lookups = gsub.LookupList.Lookup
    plain = buildLookup([buildSingleSubstSubtable(mapping)], flags=RIGHT_TO_LEFT_WITHOUT_MARKS)
    lookups.append(plain)
    table = otTables.ChainContextSubst()
    table.Format = 3
    table.InputCoverage = [buildCoverage(mapping, order)]
    table.BacktrackCoverage = [buildCoverage(before, order)] if before else []
    table.LookAheadCoverage = [buildCoverage(after, order)] if after else []
    table.InputGlyphCount = 1
    table.BacktrackGlyphCount, table.LookAheadGlyphCount = len(table.BacktrackCoverage), len(table.LookAheadCoverage)
    record = otTables.SubstLookupRecord()
    record.SequenceIndex, record.LookupListIndex = 0, len(lookups) - 1
    table.SubstLookupRecord, table.SubstCount = [record], 1
    lookups.append(buildLookup([table], flags=RIGHT_TO_LEFT_WITHOUT_MARKS))
    gsub.LookupList.LookupCount = len(lookups)
    return len(lookups) - 1


if __name__ == "__main__":
    main(*sys.argv[1:])
