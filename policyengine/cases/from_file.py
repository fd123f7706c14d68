"""Events from YAML or JSON: one event, or a list of them."""

from __future__ import annotations

from policyengine.diagnostics import CaseError, Findings
from policyengine.syntax.file_text import read_bytes
from policyengine.syntax.yaml_reader import read_yaml
from policyengine.syntax.yaml_tree import Mapping, Sequence


def events_from_bytes(name: str, content: bytes) -> tuple[Mapping, ...]:
    """Return what a file tells, each as `Case.record` takes it; `name` is shown in messages.

    Raises:
        CaseError: It is not YAML, too large, not text, or neither an event nor a list of events.
    """
    findings = Findings(CaseError)
    file = read_bytes(name, content, findings, confidential=True)
    root = read_yaml(file, findings) if file else None
    findings.raise_errors(CaseError)
    told = root.items if isinstance(root, Sequence) else (root,)
    events = tuple(each for each in told if isinstance(each, Mapping))
    if len(events) < len(told):
        hint = "give the `id`, `kind` and `on` of each, and what the kind holds"
        findings.error("wrong-shape", "a list of events is expected", path=name, hint=hint)
    findings.raise_errors(CaseError)
    return events
