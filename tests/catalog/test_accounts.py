"""What becomes of accounts and keys after they were made."""

import pytest
from server import Client, running


@pytest.fixture(scope="module")
def server(folder_with_a_run, tmp_path_factory):
    with running(folder_with_a_run, tmp_path_factory.mktemp("accounts")) as server:
        yield server


def refused(client, method, path, body=None):
    answer = client.call(method, path, json=body)
    assert not answer.ok, answer.text
    return answer.status_code


def test_an_administrator_sees_accounts_and_changes_roles(server):
    admin, mei = server.administrator(), server.staff("mei", "reader")
    accounts = {one["name"]: one["roles"] for one in admin.get_json("/accounts")["accounts"]}
    assert accounts["mei"] == ["reader"] and accounts["admin"] == ["administrator"]
    for body in ({"roles": ["administrator"]}, {"roles": []}):
        assert refused(mei, "PUT", "/accounts/mei/roles", body) == 403
    assert refused(mei, "GET", "/accounts") == 403
    assert admin.call("PUT", "/accounts/mei/roles", json={"roles": ["publisher"]}).ok
    assert mei.get_json("/me")["account"]["roles"] == ["publisher"]
    # Whose roles are gone can do nothing, with whatever key.
    key = mei.key("read", "write")
    assert admin.call("PUT", "/accounts/mei/roles", json={"roles": []}).ok
    body = {"name": "x1", "organisation": "jtj", "title": "甲"}
    answer = server.anybody().call("POST", "/datasets", json=body, headers={"Authorization": key})
    assert answer.status_code == 403
    assert refused(admin, "PUT", "/accounts/none/roles", {"roles": []}) == 404
    assert refused(admin, "PUT", "/accounts/mei/roles", {"roles": ["king"]}) == 400
    assert refused(admin, "PUT", "/accounts/admin/roles", {"roles": ["reader"]}) == 409
    assert admin.get_json("/me")["account"]["roles"] == ["administrator"]


def test_a_password_is_changed_by_who_knows_it_and_ends_sessions(server):
    one = server.staff("fang", "reader")
    other = Client(server.url)
    other.sign_in("fang", "fang correct horse")
    new = "another correct horse"
    wrong = {"before": "fang wrong horse!", "password": new}
    assert refused(one, "PUT", "/accounts/fang/password", wrong) == 403
    short = {"before": "fang correct horse", "password": "short"}
    assert refused(one, "PUT", "/accounts/fang/password", short) == 400
    assert refused(one, "PUT", "/accounts/admin/password", {"password": new}) == 403
    assert refused(server.anybody(), "PUT", "/accounts/fang/password", {"password": new}) == 403
    body = {"before": "fang correct horse", "password": new}
    assert one.call("PUT", "/accounts/fang/password", json=body).ok
    for client in (one, other):
        assert client.get_json("/me")["account"] is None
    Client(server.url).sign_in("fang", new)
    again = Client(server.url)
    again.sign_in("fang", new)
    key = again.key("read")
    # An administrator does not need to know it, and ends what others may have made with it.
    reset = {"password": "set by an administrator"}
    assert server.administrator().call("PUT", "/accounts/fang/password", json=reset).ok
    Client(server.url).sign_in("fang", "set by an administrator")
    answer = server.anybody().call("GET", "/me", headers={"Authorization": key})
    assert answer.status_code == 403


def test_guessing_the_password_of_a_session_locks(server):
    guest = server.staff("guess", "reader")
    codes = [
        refused(
            guest,
            "PUT",
            "/accounts/guess/password",
            {"before": f"wrong horse {i}", "password": "the new password"},
        )
        for i in range(11)
    ]
    assert codes == [403] * 10 + [503]
    accounts = server.administrator().get_json("/accounts")["accounts"]
    assert [one["name"] for one in accounts if one["locked"]] == ["guess"]


def test_keys_are_listed_and_ended_by_their_owner(server):
    owner, other = server.staff("owner", "reader"), server.staff("other", "reader")
    key = owner.key("read")
    writes = {"headers": {"Authorization": owner.key("write")}}
    (told,) = [one for one in owner.get_json("/keys")["keys"] if one["scopes"] == ["write"]]
    # Else a key of a day would live on in those that it makes.
    wider = {"label": "x", "scopes": ["read", "write"], "days": 366}
    answer = server.anybody().call("POST", "/keys", json=wider, **writes)
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "denied")
    assert owner.call("DELETE", f"/keys/{told['id']}").ok
    assert refused(owner, "POST", "/keys", wider | {"label": "x" * 201}) == 400
    (told,) = owner.get_json("/keys")["keys"]
    assert told["scopes"] == ["read"] and told["label"] == "test"
    assert key not in str(told) and key.removeprefix("siku_") not in str(told)
    assert other.get_json("/keys")["keys"] == []
    assert refused(other, "DELETE", f"/keys/{told['id']}") == 404
    assert refused(server.anybody(), "GET", "/keys") == 403
    asked = {"headers": {"Authorization": key}}
    assert server.anybody().call("GET", "/me", **asked).json()["account"]["name"] == "owner"
    assert owner.call("DELETE", f"/keys/{told['id']}").ok
    assert server.anybody().call("GET", "/me", **asked).status_code == 403
    assert owner.get_json("/keys")["keys"] == []
