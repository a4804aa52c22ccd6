"""The client is made from the description that the server gives of itself."""

import json

from portal_site import ROOT


def test_the_description_in_the_tree_is_the_servers(site):
    served = site.client()("GET", "/api/v1/openapi.json")
    kept = json.loads((ROOT / "web/api/openapi.json").read_text("utf-8"))
    assert kept == served, (
        "save what the server gives as web/api/openapi.json, then `npm run types`"
    )
