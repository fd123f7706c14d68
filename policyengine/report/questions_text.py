"""What is still to be asked, for the terminal."""

from __future__ import annotations

from collections.abc import Mapping

from rich.text import Text

from policyengine.explain.asking.inquiry import Inquiry, Needed, Question, Undecided
from policyengine.ir.dictionary import Dictionary
from policyengine.model.types import LENDER
from policyengine.report.layout import Page
from policyengine.report.view import View

WORDS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "nothing": "Nothing is left to ask.",
        "plan": "{plan}: {status}",
        "allowed": "can be offered",
        "denied": "cannot be offered",
        "undetermined": "not decided yet",
        "does_not_apply": "the policy does not apply",
        "what": "What is {title}?",
        "look_up": "For the lender to look up, not for the borrower to answer.",
        "evidence": "Evidence: {evidence}",
        "change": "With {first}, {plan}: {one}; with {second}: {other}.",
        "needed": "Any answer will do, but nothing can be decided without one.",
        "undecided": "Whether this matters could not be decided.",
        "smallest": "Enough to settle it, with the right answers: {paths}.",
        "irrelevant": "Facts that are not known and cannot matter: {count}.",
        "outcome": "the outcome",
        "offer": "an offer",
        "refuse": "a refusal",
        "refer": "a referral",
        "need_information": "more must be known",
        "prompt": "Answer (blank: not known, ? help, q quit)",
        "answers": "One of: {values}",
        "kind": "An answer is {kind}.",
    },
    "zh": {
        "nothing": "没有需要再询问的内容。",
        "plan": "{plan}：{status}",
        "allowed": "可以提供",
        "denied": "不可提供",
        "undetermined": "尚未确定",
        "does_not_apply": "该政策不适用",
        "what": "{title}是什么？",
        "look_up": "由机构在自身记录中查明，无需询问借款人。",
        "evidence": "证明材料：{evidence}",
        "change": "若为{first}，{plan}：{one}；若为{second}：{other}。",
        "needed": "任何回答均可，但缺少回答则无法作出决定。",
        "undecided": "无法确定该项是否有影响。",
        "smallest": "回答得当时，足以作出决定的事项：{paths}。",
        "irrelevant": "未知且不影响结果的事项：{count}项。",
        "outcome": "结果",
        "offer": "提供方案",
        "refuse": "拒绝",
        "refer": "转介",
        "need_information": "需要更多信息",
        "prompt": "回答（留空：不清楚，? 帮助，q 退出）",
        "answers": "可选：{values}",
        "kind": "需要填写{kind}。",
    },
}


def said(lang: str, name: str, **values: object) -> str:
    """Return a sentence of the questions, in English where the language has none."""
    return WORDS.get(lang, WORDS["en"])[name].format(**values)


def inquiry_text(
    inquiry: Inquiry, lang: str = "en", *, dictionary: Dictionary, width: int = 80
) -> list[Text]:
    """Return the lines of what is to be asked about one loan under one policy."""
    page = Page(width)
    loan = f" · {inquiry.loan}" if inquiry.loan else ""
    page.write(f"{inquiry.policy}{loan}", style="bold")
    for plan, status in inquiry.statuses.items():
        page.write(said(lang, "plan", plan=plan, status=said(lang, status)), indent=2)
    if not inquiry.asked:
        page.write(said(lang, "nothing"), indent=2)
    for number, asked in enumerate(inquiry.asked, 1):
        page.write(question_line(asked, lang, dictionary), indent=2, mark=f"{number}.")
        for line in under(asked, lang):
            page.write(line, indent=5, style="dim")
    if inquiry.smallest:
        paths = ", ".join(inquiry.smallest.paths)
        page.write(said(lang, "smallest", paths=paths), indent=2)
    if inquiry.irrelevant:
        page.write(said(lang, "irrelevant", count=len(inquiry.irrelevant)), indent=2)
    return page.lines


def question_line(asked: Question | Undecided | Needed, lang: str, dictionary: Dictionary) -> str:
    """Return a question as the vocabulary puts it, with the fact's path."""
    if asked.text:
        text = asked.text.get(lang) or next(iter(asked.text.values()))
        return f"{text} ({asked.path})"
    return said(lang, "what", title=View(Page(), lang, dictionary).fact_title(asked.path))


def under(asked: Question | Undecided | Needed, lang: str) -> list[str]:
    """Return the evidence for an answer, and why it is asked for."""
    evidence = asked.evidence.get(lang) or next(iter(asked.evidence.values()), "")
    lines = [said(lang, "look_up")] if asked.answered_by == LENDER else []
    lines += [said(lang, "evidence", evidence=evidence)] if evidence else []
    if isinstance(asked, Question):
        seen = asked.witness
        return [
            *lines,
            said(
                lang,
                "change",
                plan=seen.plan or said(lang, "outcome"),
                first=_in(lang, seen.first_text),
                one=said(lang, seen.first_status),
                second=_in(lang, seen.second_text),
                other=said(lang, seen.second_status),
            ),
        ]
    return [*lines, said(lang, "needed" if isinstance(asked, Needed) else "undecided")]


def _in(lang: str, text: Mapping[str, str]) -> str:
    return text.get(lang) or next(iter(text.values()))
