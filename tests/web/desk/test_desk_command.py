"""The command `exchange desk`: a process that is kept to its member, accounts by the command line, and its refusals."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
from pathlib import Path

import httpx

from exchange.operations.audit.store import AuditLog
from exchange.runtime.home import open_database
from exchange.runtime.settings import Home, Settings
from exchange.web.door.permissions import AccountRole
from exchange.web.door.store import Accounts
from exchange.web.door.strangers import OF_ONE_SOURCE
from exchange.web.listening import read_state
from tests.journeys.city import wait_until
from tests.oidc_provider import CLIENT, SECRET, provider_process
from tests.warm import run_warm, start_warm

PASSWORD = "a long sentence to come in by"


def environment(home: Path) -> dict[str, str]:
    kept = {key: value for key, value in os.environ.items() if not key.startswith("EXCHANGE_")}
    return {**kept, "EXCHANGE_HOME": str(home)}


def test_a_desk_opens_its_members_store_alone_and_its_first_account_by_a_link(tmp_path: Path, small_home: Path) -> None:
    home, said = tmp_path / "home", tmp_path / "said.txt"
    shutil.copytree(small_home, home)
    process = start_warm(["desk", "hefei.planning", "--json"], environment(home), said, said)
    try:
        wait_until(lambda: process.poll() is not None or "set_up" in said.read_text(), 60, "its address")
        told = json.loads(next(line for line in said.read_text().splitlines() if '"set_up"' in line))
        assert read_state(Home(home).desk("hefei.planning")).url == told["url"]  # type: ignore[union-attr]
        assert "member.confined" in said.read_text()
        form = {"link": told["set_up"].rpartition("/")[2], "name": "王芳", "password": PASSWORD, "again": PASSWORD}
        with httpx.Client(base_url=told["url"], headers={"accept-language": "en"}) as browser:
            assert "supervisor" in browser.get(told["set_up"]).text
            assert browser.post("/set-up", data=form, headers={"origin": told["url"]}).status_code == 303
            assert browser.get("/sign-in", headers={"host": "elsewhere.test"}).status_code == 421
            for _ in range(OF_ONE_SOURCE + 5):
                browser.get("/set-up/nobody-has-this-link")
        made = run_warm(["desk", "hefei.planning", "--account", "李伟", "--role", "signer"], environment(home))
        assert re.search(rf"{re.escape(told['url'])}/set-up/\S+", made.stdout), made.stderr
        _stands_in(environment(home))
    finally:
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0
    store = open_database(Settings.read({}, home=home), "hefei.planning")
    with store.reading() as tx:
        roles = {row.name: row.role for row in tx[Accounts].all()}
        entries = list(tx[AuditLog].entries())
    store.close()
    assert roles == {"王芳": AccountRole.SUPERVISOR, "李伟": AccountRole.SIGNER}
    log = [(one.account, one.action, one.outcome) for one in entries]
    assert ("王芳", "account.link", "done") in log
    assert ("李伟", "account.make", "done") in log
    assert len([one for one in entries if "more of 1 sources" in one.what]) == 1, "strangers' sums are written too"


def _stands_in(env: dict[str, str]) -> None:
    """By command, as the desk does: by whoever is away, for others by a supervisor, with all that is wrong at once."""
    at, days = ["--as", "hefei.planning"], ["--from", "2090-01-02", "--until", "2090-01-06"]
    other = run_warm(["stand-in", "record", "王芳", "李伟", *days, "--by", "李伟", *at], env)
    assert (other.returncode, "only a supervisor says" in other.stderr) == (2, True)
    wrong = run_warm(["stand-in", "record", "李伟", "李伟", "--until", "someday", "--by", "王芳", *at], env)
    assert wrong.returncode == 2
    assert all(said in wrong.stderr for said in ("nobody stands in for themselves", "this is no day"))
    made = run_warm(["stand-in", "record", "李伟", "王芳", *days, "--by", "王芳", *at, "--json"], env)
    assert json.loads(made.stdout)["number"] == 1, made.stderr
    ended = run_warm(["stand-in", "end", "1", "--by", "李伟", *at, "--json"], env)
    assert json.loads(ended.stdout)["ended_by"] == "李伟", ended.stderr
    (listed,) = json.loads(run_warm(["stand-in", "list", *at, "--json"], env).stdout)
    assert (listed["absent"], listed["stand_in"], listed["until"]) == ("李伟", "王芳", "2090-01-06")


def test_a_member_that_nobody_acts_for_has_no_desk_and_roles_are_those_of_desks(
    tmp_path: Path, small_home: Path
) -> None:
    home = tmp_path / "home"
    shutil.copytree(small_home, home)
    refused = run_warm(["desk", "hefei.monitor"], environment(home))
    assert (refused.returncode, "nobody acts for hefei.monitor" in refused.stderr) == (2, True)
    other = run_warm(["desk", "hefei.planning", "--account", "otto", "--role", "operator"], environment(home))
    assert (other.returncode, "there is no role 'operator'" in other.stderr) == (2, True)
    unknown = run_warm(["desk", "hefei.planning", "--account", "otto"], environment(home))
    assert (unknown.returncode, "there is no account 'otto' yet" in unknown.stderr) == (2, True)


def test_a_desk_that_is_kept_to_its_member_reads_the_secret_by_which_the_provider_knows_it(
    tmp_path: Path, small_home: Path
) -> None:
    home, said, secret = tmp_path / "home", tmp_path / "said.txt", tmp_path / "secrets" / "client"
    shutil.copytree(small_home, home)
    secret.parent.mkdir()
    secret.write_text(SECRET, encoding="utf-8")
    with provider_process() as provider:
        named = {"ISSUER": provider.issuer, "CLIENT": CLIENT, "SECRET_FILE": str(secret)}
        settings = {**environment(home), **{f"EXCHANGE_OIDC_{name}": value for name, value in named.items()}}
        process = start_warm(["desk", "hefei.planning", "--json"], settings, said, said)
        try:
            wait_until(lambda: process.poll() is not None or "set_up" in said.read_text(), 60, "its address")
            told = json.loads(next(line for line in said.read_text().splitlines() if '"set_up"' in line))
            begun = httpx.get(f"{told['url']}/sign-in/provider")
            cookie = begun.headers["set-cookie"].partition(";")[0]
            back = provider.sign_in(begun.headers["location"])
            answer = httpx.get(back, headers={"cookie": cookie, "accept-language": "en"})
        finally:
            process.send_signal(signal.SIGTERM)
            assert process.wait(20) == 0
    assert answer.status_code == 403
    assert "Your subject: <code>u-1</code>" in answer.text, "which only who has the secret is told"
    assert "member.confined" in said.read_text()
    assert SECRET not in said.read_text()
