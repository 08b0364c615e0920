"""Whether a device that was started can be used."""

import json

from support.http1 import Client, Closed
from support.tls import Trust

SECURE_PATIENCE_S = 10.0  # for a handshake on a small core, emulated on a busy machine


def _sampled(client):
    """It answers, and no sensor is still waiting for its first sample. None: it wants HTTPS for an answer."""
    if client.request("/healthz").status != 200:
        return False
    answer = client.request("/api/v1/sensors")
    if answer.status == 308:
        return None
    if answer.status in (401, 503):  # read_auth, or owners unknown: strangers cannot know more
        return True
    return all(sensor["quality"] != "pending" for sensor in json.loads(answer.body)["sensors"])


def answers(address, secure, timeout):
    """Whether requests are answered, and no sensor is still waiting for its first sample.
    secure    where it speaks HTTPS, which is asked when its plain port is closed; None: nowhere"""
    try:
        with Client(*address, timeout=timeout) as client:
            ready = _sampled(client)
            if ready is not None:
                return ready
    except TimeoutError:
        return False
    except (OSError, Closed):
        pass  # it is up, but its port is closed: for now, or by its settings
    if not secure:
        return False
    try:
        with Client(*secure, timeout=max(timeout, SECURE_PATIENCE_S), tls=Trust(lambda: secure)) as client:
            return _sampled(client)
    except (OSError, Closed):
        return False
