"""How good a dataset is, as a reader judges it: six dimensions, and the rows behind a finding."""

from playwright.sync_api import expect
from portal_site import STOPS, stop

EMPTY = [index for index in range(STOPS) if not stop(index)["note"]]


def test_reader_follows_a_finding_to_its_rows(visit):
    page = visit(locale="en-GB").open("/datasets/bus-stops")
    page.get_by_role("link", name="Quality", exact=True).click()
    accuracy = page.get_by_role("listitem").filter(has=page.get_by_role("link", name="Accuracy"))
    expect(accuracy).to_contain_text("not assessed")
    completeness = page.get_by_role("region", name="Completeness")
    have = f"{STOPS - len(EMPTY):,} ÷ {STOPS:,}"
    note = completeness.get_by_role("listitem").filter(has_text="note").first
    expect(note).to_contain_text(have)
    note.get_by_role("link", name="See these rows: elements note").click()
    found = page.get_by_role("region", name="Rows found by “elements note”").locator("../..")
    expect(found.get_by_role("status")).to_have_text(f"Rows 1–20 of {len(EMPTY)} Next")
    expect(found.get_by_role("rowheader").nth(1)).to_have_text(f"{EMPTY[1] + 1}")
    expect(found.get_by_role("cell").first).to_have_text(stop(EMPTY[0])["code"])
    found.get_by_role("link", name="Next").click()
    expect(found.get_by_role("rowheader").first).to_have_text(f"{EMPTY[20] + 1}")
    page.reload()
    expect(found.get_by_role("rowheader").first).to_have_text(f"{EMPTY[20] + 1}")
    assert page.get_by_text("Withheld by policy: phone").is_visible()
    score = page.get_by_role("region", name="Score of the metadata (MQA)")
    # All but rights, and DCAT, which is not there.
    expect(score).to_contain_text("370 of 405 points · Excellent")
    assert "1380013" not in page.content()
