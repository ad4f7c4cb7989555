"""Reading hours from HSA values and from lines that people write."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from directory.hours import format_hours, parse_hsa, parse_text


@pytest.mark.parametrize(
    ("values", "line"),
    [
        (["1-5#08:00#17:00"], "mån-fre 08:00-17:00"),
        (["2-5#08:00#12:15#Tidbokning"], "tis-fre 08:00-12:15 (Tidbokning)"),
        (["1-7#00:00#24:00"], "dygnet runt"),
        (["6-6#00:00#06"], "lör 00:00-06:00"),
        (["6#8.30#9"], "lör 08:30-09:00"),
        (["6-1#10:00#12:00"], "mån, lör-sön 10:00-12:00"),
        (["1-4#08:00#18:00", "5-5#08:00#17:00", "5-5#08:00#17:00"], "mån-tors 08:00-18:00; fre 08:00-17:00"),
        (["1-1#08:00#12:00$1-1#13:00#17:00"], "mån 08:00-12:00, 13:00-17:00"),
        (
            ["1-5#08:00#15:00#Sommar#2026-06-15#2026-08-16"],
            "mån-fre 08:00-15:00 (Sommar) [2026-06-15--2026-08-16]",
        ),
        (["1-5#08:00#15:00##20260615#"], "mån-fre 08:00-15:00 [2026-06-15--]"),
        (["1-5#08:00#15:00#2026-06-15#2026-08-16"], "mån-fre 08:00-15:00 [2026-06-15--2026-08-16]"),
        (["1#5#08:00:00#15:00:00#x#20260614220000Z#"], "mån-fre 08:00-15:00 (x) [2026-06-15--]"),
        ([" 1 - 5 # 08:00 # 17:00 "], "mån-fre 08:00-17:00"),
        (["", "  "], ""),
    ],
)
def test_hsa_values(values: list[str], line: str) -> None:
    parsed = parse_hsa(values)
    assert format_hours(parsed.schedule) == line
    assert parsed.problems == ()


@pytest.mark.parametrize(
    ("value", "code", "line"),
    [
        ("5-5#22:00#02:00", "hours-past-midnight", "fre 22:00-02:00"),
        ("1-7#00:00#23:59", "hours-end-of-day", "dygnet runt"),
        ("1-5#08:00#17:00#x#soon#", "hours-date", "mån-fre 08:00-17:00 (x)"),
        ("1-5#08:00#17:00#x###y", "hours-extra", "mån-fre 08:00-17:00 (x)"),
        ("1-5#08:00", "hours-form", ""),
        ("öppet dygnet runt", "hours-form", ""),
        ("0-5#08:00#17:00", "hours-days", ""),
        ("1-8#08:00#17:00", "hours-days", ""),
        ("1-5#8 till#17:00", "hours-time", ""),
        ("1-5#24:00#06:00", "hours-time", ""),
        ("1-5#08:60#17:00", "hours-time", ""),
        ("1-5#08:00#49:00", "hours-time", ""),
        ("1-5#08:00#08:00", "hours-empty", ""),
        ("1-5#08:00#17:00##2026-08-16#2026-06-15", "hours-season", ""),
    ],
)
def test_hsa_values_with_trouble(value: str, code: str, line: str) -> None:
    parsed = parse_hsa([value])
    assert [(p.text, p.code, p.kept) for p in parsed.problems] == [(value, code, bool(line))]
    assert format_hours(parsed.schedule) == line


def test_one_bad_value_leaves_the_others() -> None:
    parsed = parse_hsa(["?", "1-5#08:00#17:00"])
    assert format_hours(parsed.schedule) == "mån-fre 08:00-17:00"
    assert len(parsed.problems) == 1


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("mån-fre 08:00-17:00; lör 10-14 (drop-in)", "mån-fre 08:00-17:00; lör 10:00-14:00 (drop-in)"),
        ("mån-fre 8-17, lör 10-14", "mån-fre 08:00-17:00; lör 10:00-14:00"),
        ("Måndag – fredag: kl. 08.00–17.00", "mån-fre 08:00-17:00"),
        ("Monday to Friday 8 to 17\nSat 9-12", "mån-fre 08:00-17:00; lör 09:00-12:00"),
        ("mån, ons 8-12, 13-17", "mån, ons 08:00-12:00, 13:00-17:00"),
        ("måndag till torsdag 8 till 16", "mån-tors 08:00-16:00"),
        ("Må-To 0730-1630 / Fr 0730-15", "mån-tors 07:30-16:30; fre 07:30-15:00"),
        ("vardagar 8-17; helger stängt", "mån-fre 08:00-17:00"),
        ("sön-tis 8-12", "mån-tis, sön 08:00-12:00"),
        ("fre 22-02", "fre 22:00-02:00"),
        ("dygnet runt", "dygnet runt"),
        ("24/7", "dygnet runt"),
        ("alla dagar 8-20", "mån-sön 08:00-20:00"),
        ("Helgfria vardagar kl 17.00 - 22.00; lördag och söndag, helgdag kl 10.00 - 16.00",
         "mån-fre 17:00-22:00; lör-sön 10:00-16:00; helgdagar 10:00-16:00"),
        ("röda dagar stängt; aftnar 8-12", "aftnar 08:00-12:00; helgdagar stängt"),
        ("public holidays closed", "helgdagar stängt"),
        ("2026-12-24 stängt (Julafton)", "2026-12-24 stängt (Julafton)"),
        ("2026-07-01–2026-07-31 10-14", "2026-07-01--2026-07-31 10:00-14:00"),
        ("stängt (Flyttat)", "stängt (Flyttat)"),
        ("mån-sön stängt", "stängt"),
        ("mån 8-9 (a\\)b; c)", "mån 08:00-09:00 (a\\)b; c)"),
        ("mån-fre 8-15 [06-15--08-16 varje år]", "mån-fre 08:00-15:00 [06-15--08-16 varje år]"),
        ("", ""),
        ("mån 08-08:30 ; ; ", "mån 08:00-08:30"),
    ],
)  # fmt: skip
def test_lines(text: str, line: str) -> None:
    parsed = parse_text(text)
    assert parsed.problems == ()
    assert format_hours(parsed.schedule) == line


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("8-17", "hours-days"),
        ("mån 9am-5pm", "hours-form"),
        ("efter överenskommelse", "hours-word"),
        ("mån", "hours-time"),
        ("mån 25-26", "hours-time"),
        ("mån 8-8", "hours-empty"),
        ("mån 8-9 stängt", "hours-form"),
        ("2026-02-30 stängt", "hours-date"),
        ("2026-02-03--2026-02-01 stängt", "hours-date"),
        ("mån 8-9 [sommaren]", "hours-season"),
        ("mån 8-9 [2026-08-01--2026-06-01]", "hours-season"),
        ("mån 8-9 [06-01-- varje år]", "hours-season"),
    ],
)
def test_lines_with_trouble_leave_that_entry_out(text: str, code: str) -> None:
    parsed = parse_text(f"tis 8-9; {text}")
    assert [(p.text, p.code, p.kept) for p in parsed.problems] == [(text, code, False)]
    assert format_hours(parsed.schedule) == "tis 08:00-09:00"


@given(st.text(alphabet="mån-fre tis18:0.;,()[]\\#/24$helgdagar stängt\n–2026-1", max_size=60))
def test_no_content_makes_reading_fail(text: str) -> None:
    for parsed in (parse_text(text), parse_hsa([text])):
        assert all(problem.message for problem in parsed.problems)


@given(st.text(max_size=40))
def test_no_characters_make_reading_fail(text: str) -> None:
    for parsed in (parse_text(text), parse_hsa([text, f"1-5#{text}#17:00", f"1-5#08:00#17:00#{text}"])):
        assert parsed.schedule.exceptions == () or "st" in text.lower() or "closed" in text.lower()
