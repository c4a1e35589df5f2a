from __future__ import annotations

import asyncio
import base64
import logging

import anyio
import pytest

from sheet_assets.webserver import credentials, failed_logins
from sheet_assets.webserver.failed_logins import FailedLogins
from sheet_assets.webserver.logins import ANYBODY, Logins, Refusal
from sheet_assets.webserver.users import User, UsersFile

RIGHT, ADDRESS = "right-password", "192.0.2.1"


class Clock:
    """Seconds that pass when the test says so."""

    now = 0.0

    def __call__(self):
        """What time it is."""
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def compared(monkeypatch):
    """The secrets that were compared with a hash; hashing itself is replaced, since it takes 0.1 s."""
    seen = []

    def fits(hash_, secret):
        seen.append(secret)
        return hash_ == f"hash of {secret}"

    monkeypatch.setattr(credentials, "hashed", lambda secret: f"hash of {secret}")
    monkeypatch.setattr(credentials, "fits", fits)
    return seen


@pytest.fixture
def file(tmp_path, compared):
    file = UsersFile(tmp_path / "users.json")
    file.add(User("ann", "operator", f"hash of {RIGHT}"))
    return file


@pytest.fixture
def check(file, clock):
    """Check a password, from an address."""
    logins = Logins(file, open_without_users=True, failed=FailedLogins(clock))

    def check(secret, name="ann", address=ADDRESS):
        header = "Basic " + base64.b64encode(f"{name}:{secret}".encode()).decode()
        return asyncio.run(logins.check(header, address))

    return check


def test_a_wrong_password_is_looked_at_ever_more_seldom(check, clock, compared):
    """Five are free; then the wait doubles to a minute, meanwhile nothing is compared; the right one ends it."""
    assert [check(f"wrong {n}").status for n in range(5)] == [401] * 5
    waits = []
    for number in range(5, 14):
        clock.now += 0.0
        assert check(f"wrong {number}").status == 401
        refused = check(RIGHT)
        assert refused.status == 429
        assert refused.sentence == f"Too many failed logins. Try again in {refused.retry_after} s."
        waits.append(refused.retry_after)
        clock.now += refused.retry_after
    assert waits == [1, 2, 4, 8, 16, 32, 60, 60, 60]
    assert RIGHT not in compared
    assert check(RIGHT).name == "ann"
    assert check("wrong again").status == 401


def test_whoever_has_logged_in_is_not_locked_out(check, compared):
    """Somebody else's guesses do not end a session: a password that fitted is not compared again."""
    assert check(RIGHT).is_operator
    for number in range(30):
        check(f"wrong {number}", address="198.51.100.7")
    assert check("another", address="198.51.100.7").status == 429
    assert check(RIGHT).is_operator
    assert compared.count(RIGHT) == 1


def test_an_address_is_slowed_whatever_names_it_tries(check, compared):
    """Twenty tries are free for an address, or a /64 of IPv6; another address is not slowed."""
    for number in range(40):
        check("guess", name=f"name {number}", address=f"2001:db8::{number + 1:x}")
    assert len(compared) == 21
    assert check(RIGHT, address="2001:db8::ffff").status == 429
    assert check(RIGHT, address="2001:db8:0:1::1").is_operator


def test_the_same_wrong_password_counts_once(check, compared):
    """A browser that keeps sending an old password is refused, and does not keep its user out."""
    assert {check("old").status for _ in range(50)} == {401}
    assert compared == ["old"]
    assert check(RIGHT).is_operator


def test_failures_take_bounded_memory_and_are_forgotten(clock, monkeypatch):
    """The oldest go first when there are too many; all are gone a quarter of an hour later."""
    monkeypatch.setattr(failed_logins, "_KEPT", 50)
    failed = FailedLogins(clock)
    for number in range(200):
        failed.failed(f"{number}" * 10_000, f"192.0.2.{number % 256}")
    assert len(failed._failures) == 50
    for _ in range(30):
        failed.failed("ann", ADDRESS)
    assert failed.wait_seconds("ann", ADDRESS) == 60
    clock.now += 901
    failed.failed("ann", ADDRESS)
    assert failed.wait_seconds("ann", ADDRESS) == 0


def test_many_at_once_do_not_pile_up(file, monkeypatch):
    """Two are compared at a time and twenty wait; whoever comes then is told to come again, at once."""
    logins = Logins(file, open_without_users=False)
    running, most = [], []

    async def slow(function, *arguments):
        running.append(1)
        most.append(len(running))
        await anyio.sleep(0.01)
        running.pop()
        return function(*arguments)

    monkeypatch.setattr(anyio.to_thread, "run_sync", slow)

    async def flood():
        headers = [
            "Basic " + base64.b64encode(f"name {n}:guess".encode()).decode() for n in range(60)
        ]
        return await asyncio.gather(
            *(logins.check(header, f"10.0.0.{n}") for n, header in enumerate(headers))
        )

    answers = asyncio.run(flood())
    assert [each.status for each in answers].count(503) == 60 - 22
    assert max(most) == 2


@pytest.mark.parametrize(
    ("name", "said"),
    [("ann", "wrong password of 'ann'"), ("typed-secret", "unknown user"), ("sheet_assets", "unknown user")],
)  # fmt: skip
def test_a_failed_login_is_logged_without_what_was_typed(check, caplog, name, said):
    """Address and user are in the log; no password, and no name that is none: people type passwords there."""
    caplog.set_level(logging.DEBUG, "sheet_assets")
    check("hunter2", name=name)
    assert caplog.messages == [f"Failed login from {ADDRESS}: {said}."]
    assert "hunter2" not in caplog.text
    assert "typed-secret" not in caplog.text


@pytest.mark.parametrize(
    "header",
    ["", "Basic", "Basic !!!", "Basic bm9jb2xvbg==", "Basic YW5uOg==", "Basic /w==", "Bearer", "Bearer x", "Bearer sheet_assets_0_x", "Digest x", "Token x", "Basic " + "A" * 50_000],
)  # fmt: skip
def test_what_is_no_login_is_a_sentence(file, header, compared):
    """Whatever the header holds, the answer is 401 with a sentence, and nothing is compared."""
    answer = asyncio.run(Logins(file, open_without_users=False).check(header, ADDRESS))
    assert isinstance(answer, Refusal)
    assert answer.status == 401
    assert compared == []


def test_a_password_is_no_token_and_the_other_way_round(file, check, compared):
    """A user with a token cannot log in with it as a password, nor with its id as a name."""
    text, made = credentials.new_token()
    file.add(User("script", "viewer", f"hash of {made.secret}", made.who))
    assert check(made.secret, name="script").status == 401
    assert check(made.secret, name=made.who).status == 401
    answer = asyncio.run(Logins(file, open_without_users=False).check(f"Bearer {text}", ADDRESS))
    assert (answer.name, answer.role, answer.hash) == ("script", "viewer", "")


def test_who_is_removed_or_replaced_is_refused_at_once(file, check):
    """What was let in before is looked at again when the users file changes."""
    assert check(RIGHT).is_operator
    file.add(User("ann", "viewer", f"hash of {RIGHT}"), replace=True)
    assert not check(RIGHT).is_operator
    file.add(User("ann", "viewer", "hash of new"), replace=True)
    assert check(RIGHT).status == 401
    assert check("new").name == "ann"
    file.remove("ann")
    assert check("new").status == 401


def test_without_users_everybody_is_an_operator_until_there_is_one(tmp_path, compared):
    """On loopback only; once there was a user, a login is needed for ever, also when the file is gone."""
    file = UsersFile(tmp_path / "users.json")
    open_, closed = (Logins(file, open_without_users=each) for each in (True, False))
    assert asyncio.run(closed.check(None, ADDRESS)).status == 401
    assert asyncio.run(open_.check(None, ADDRESS)) == ANYBODY
    file.add(User("ann", "viewer", "hash of x"))
    assert asyncio.run(open_.check(None, ADDRESS)).status == 401
    file.remove("ann")
    assert asyncio.run(open_.check(None, ADDRESS)).status == 401
    assert not open_.is_open


def test_argon2_itself():
    """The hash is argon2id with a salt of its own, and fits its secret alone."""
    first, second = credentials.hashed("secret"), credentials.hashed("secret")
    assert first.startswith("$argon2id$")
    assert first != second
    assert credentials.fits(first, "secret")
    assert not credentials.fits(first, "Secret")
    assert not credentials.fits("no hash", "secret")
