from pathlib import Path

import pytest

from sim.ensemble import source

HERE = str(Path(__file__).parent)


@pytest.fixture
def stub(monkeypatch):
    """The ensemble room on the stub model, in this process and in workers."""
    monkeypatch.syspath_prepend(HERE)
    monkeypatch.setattr(source, "MODEL", "stub_model")
    monkeypatch.setattr(source, "FACTS", "stub_model")
    # The sources may change under a test while somebody works on them; the driver of the kills does the same.
    monkeypatch.setattr(source, "code_stamp", lambda: "c" * 64)
    monkeypatch.delenv("ALLIANCE_STUB", raising=False)
    import stub_model

    return stub_model


@pytest.fixture
def scenario(stub):
    from stub_scenario import StubScenario

    return StubScenario()
