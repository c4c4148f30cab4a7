"""What all checks with the real clients share: how one is told, the names of what is made, the SDK's client."""

import contextlib
import inspect
import traceback
from pathlib import Path

FAILED = []


@contextlib.contextmanager
def check(name):
    """One check: prints how it ended and lets the next one run."""
    try:
        yield
    except Exception as error:  # whatever a client raises is what the check is about
        FAILED.append(name)
        where = traceback.extract_tb(error.__traceback__)[-1]
        why = " ".join(str(error).split()) or repr(error)
        print(f"FAIL {name}: {type(error).__name__}: {why[:600]} ({Path(where.filename).name}:{where.lineno})")
    else:
        print(f"ok {name}")


def equal(actual, expected):
    assert actual == expected, f"expected {expected!r}, got {actual!r}"


def contains(text, part):
    assert part in text, f"{part!r} is not in {text!r}"


class Names:
    """Names of everything that is made here."""

    def __init__(self, prefix):
        self.prefix = prefix
        self.environment = f"{prefix}-staging"
        self.account = f"{prefix}-aws"
        self.cluster = f"{prefix}-cluster"
        self.workspace = f"{prefix}-search"
        self.cli_workspace = f"{prefix}-cli"


def sdk_client(host, key):
    from truefoundry_sdk import TrueFoundry

    return TrueFoundry(base_url=host, api_key=key)


def model(kind, /, **wire):
    """A manifest as the SDK's own model, from its fields as they are sent."""
    import truefoundry_sdk
    from truefoundry_sdk.core.pydantic_utilities import parse_obj_as

    return parse_obj_as(getattr(truefoundry_sdk, kind), wire)


class Recorder:
    """The SDK's client, remembering which of its methods were called."""

    def __init__(self, client):
        self.client, self.called = client, set()

    def methods(self):
        """All of them, by their names with the groups in front."""
        return set(self._methods(self.client, ""))

    def _methods(self, owner, prefix):
        for name in dir(type(owner)):
            if name.startswith("_") or name == "with_raw_response":
                continue
            if isinstance(inspect.getattr_static(type(owner), name), property):
                yield from self._methods(getattr(owner, name), f"{prefix}{name}.")
            else:
                yield prefix + name

    def __getattr__(self, name):
        return Group(self, self.client, "").__getattr__(name)


class Group:
    """One group of the client's methods."""

    def __init__(self, recorder, owner, prefix):
        self._recorder, self._owner, self._prefix = recorder, owner, prefix

    def __getattr__(self, name):
        value = getattr(self._owner, name)
        if not inspect.ismethod(value):
            return Group(self._recorder, value, f"{self._prefix}{name}.")

        def call(*arguments, **named):
            self._recorder.called.add(self._prefix + name)
            return value(*arguments, **named)

        return call


def expect_error(kind, message, call):
    """Expects an exception of the SDK, and in it what the control plane says."""
    try:
        call()
    except kind as error:
        body = error.body
        equal(body["message"] if isinstance(body, dict) else body.message, message)
        return error
    raise AssertionError(f"expected {kind.__name__}, nothing was raised")


