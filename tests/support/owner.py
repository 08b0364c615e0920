"""Owning a device: the claim with the code on its console, and the file in which scripts find the token."""

import json
import os
import re

from support.http1 import Closed

SETUP_CODE = re.compile(r"setup code: (\S+)")
SECRET = re.compile(r"jbt_[0-9a-z]{32}")


class NotClaimed(Exception):
    """The message is for the person who wanted the token."""


def setup_code(console):
    """The newest code on the console; None when it shows none."""
    codes = SETUP_CODE.findall(console.text)
    return codes[-1] if codes else None


def claim(connect, code, name="dev run"):
    """The admin token, for which the device gives its code.
    connect() a new http1.Client"""
    body = json.dumps({"code": code, "name": name})
    with connect() as client:
        answer = client.request("/api/v1/claim", [("Content-Type", "application/json")], "POST", body.encode())
    if answer.status != 201:
        raise NotClaimed(f"the device answers {answer.status}: {answer.json().get('detail')}")
    return answer.json()["token"]


def token_is_valid(connect, token):
    with connect() as client:
        return client.request("/api/v1/tokens", [("Authorization", f"Bearer {token}")]).status == 200


def claim_into(path, connect, console):
    """Puts the token of the device into a file for its owner's eyes only. One that was put there before, and still
    holds, stays. The file is opened first: a token that cannot be kept must not be made."""
    new = not os.path.exists(path)
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    except OSError as error:
        raise NotClaimed(f"--claim {path}: {error.strerror}") from None
    with os.fdopen(descriptor, "r+", encoding="ascii", errors="replace") as file:
        os.fchmod(file.fileno(), 0o600)
        try:
            _fill(file, connect, console)
        except (OSError, Closed) as error:
            raise NotClaimed(f"the device does not answer the claim: {error}") from None
        finally:
            if new and os.fstat(file.fileno()).st_size == 0:
                os.unlink(path)


def _fill(file, connect, console):
    before = file.read(200).strip()
    if SECRET.fullmatch(before) and token_is_valid(connect, before):
        return
    code = setup_code(console)
    if not code:
        raise NotClaimed("the device has an owner, and the file does not hold a token of it; "
                         "start with another --state, or reset it to factory settings")
    token = claim(connect, code)
    file.seek(0)
    file.truncate()
    file.write(token + "\n")
    file.flush()
    os.fsync(file.fileno())
