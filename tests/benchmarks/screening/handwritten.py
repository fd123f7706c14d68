"""What a developer would write by hand for `policies/hardship.yaml`: nothing is checked, nothing may be missing.

In binary floating point, as such code is.
"""

# ruff: noqa: C901, PLR0912, PLR0915 - it is what it is measured for

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def screened(loan: Mapping[str, Any]) -> tuple[list[str], dict[str, list[str]]]:
    """Return the plans whose conditions all hold, and the conditions that fail of the others."""
    loan_type = loan["loan_type"]
    state = loan["state"]
    employment = loan["employment"]
    hardship = loan["hardship"]
    income = loan["income"]
    debt_service = loan["debt_service"]
    balance = loan["balance"]
    days_past_due = loan["days_past_due"]
    months_on_book = loan["months_on_book"]
    remaining_term = loan["remaining_term"]
    prior_plans = loan["prior_plans"]
    ltv = loan["ltv"]
    in_bankruptcy = loan["in_bankruptcy"]
    owner_occupied = loan["owner_occupied"]
    docs_complete = loan["docs_complete"]
    dti = debt_service / income
    eligible: list[str] = []
    failed: dict[str, list[str]] = {}
    why = []
    if days_past_due > 120:
        why.append("forbearance_1")
    if prior_plans > 2:
        why.append("forbearance_2")
    if loan_type not in {"mortgage", "heloc", "auto"}:
        why.append("forbearance_3")
    if in_bankruptcy:
        why.append("forbearance_4")
    if dti <= 0.31:
        why.append("forbearance_5")
    if not (
        hardship in {"job_loss", "medical", "disaster"} or (docs_complete and months_on_book >= 12)
    ):
        why.append("forbearance_6")
    if why:
        failed["forbearance"] = why
    else:
        eligible.append("forbearance")
    why = []
    if days_past_due >= 90:
        why.append("deferral_1")
    if remaining_term < 12:
        why.append("deferral_2")
    if hardship not in {"job_loss", "disaster", "military", "medical"}:
        why.append("deferral_3")
    if not docs_complete:
        why.append("deferral_4")
    if dti > 0.9:
        why.append("deferral_5")
    if not (
        employment in {"employed", "retired"}
        or months_on_book > 24
        or (prior_plans == 0 and owner_occupied)
    ):
        why.append("deferral_6")
    if why:
        failed["deferral"] = why
    else:
        eligible.append("deferral")
    why = []
    if days_past_due < 30:
        why.append("repayment_plan_1")
    if months_on_book < 6:
        why.append("repayment_plan_2")
    if employment not in {"employed", "self_employed", "retired"}:
        why.append("repayment_plan_3")
    if in_bankruptcy:
        why.append("repayment_plan_4")
    if dti >= 0.55:
        why.append("repayment_plan_5")
    if not (balance <= 250000 or (loan_type in {"mortgage", "heloc"} and ltv <= 0.95)):
        why.append("repayment_plan_6")
    if why:
        failed["repayment_plan"] = why
    else:
        eligible.append("repayment_plan")
    why = []
    if days_past_due > 60:
        why.append("extension_1")
    if prior_plans >= 2:
        why.append("extension_2")
    if loan_type not in {"auto", "personal"}:
        why.append("extension_3")
    if not docs_complete:
        why.append("extension_4")
    if dti > 0.65:
        why.append("extension_5")
    if not (
        months_on_book >= 9
        or hardship in {"military", "death"}
        or (income >= 3000 and not in_bankruptcy)
    ):
        why.append("extension_6")
    if why:
        failed["extension"] = why
    else:
        eligible.append("extension")
    why = []
    if ltv < 0.6:
        why.append("rate_reduction_1")
    if balance < 25000:
        why.append("rate_reduction_2")
    if hardship not in {"income_cut", "divorce", "medical", "job_loss"}:
        why.append("rate_reduction_3")
    if not owner_occupied:
        why.append("rate_reduction_4")
    if dti < 0.31:
        why.append("rate_reduction_5")
    if not (
        days_past_due >= 60
        or (days_past_due >= 15 and employment in {"unemployed", "disabled"} and prior_plans <= 1)
    ):
        why.append("rate_reduction_6")
    if why:
        failed["rate_reduction"] = why
    else:
        eligible.append("rate_reduction")
    why = []
    if remaining_term > 324:
        why.append("term_extension_1")
    if balance <= 10000:
        why.append("term_extension_2")
    if loan_type not in {"mortgage", "heloc"}:
        why.append("term_extension_3")
    if not owner_occupied:
        why.append("term_extension_4")
    if dti <= 0.38:
        why.append("term_extension_5")
    if not (state in {"ca", "ny", "il"} or months_on_book >= 36 or (ltv < 1.0 and docs_complete)):
        why.append("term_extension_6")
    if why:
        failed["term_extension"] = why
    else:
        eligible.append("term_extension")
    why = []
    if days_past_due < 30:
        why.append("capitalization_1")
    if ltv > 1.05:
        why.append("capitalization_2")
    if state not in {"ca", "fl", "ga", "ny", "oh", "tx"}:
        why.append("capitalization_3")
    if not docs_complete:
        why.append("capitalization_4")
    if dti > 0.5:
        why.append("capitalization_5")
    if not (
        (prior_plans == 0 and months_on_book > 12)
        or hardship in {"disaster", "military"}
        or in_bankruptcy
    ):
        why.append("capitalization_6")
    if why:
        failed["capitalization"] = why
    else:
        eligible.append("capitalization")
    why = []
    if ltv <= 0.8:
        why.append("principal_forbearance_1")
    if days_past_due < 60:
        why.append("principal_forbearance_2")
    if loan_type not in {"mortgage", "heloc"}:
        why.append("principal_forbearance_3")
    if not owner_occupied:
        why.append("principal_forbearance_4")
    if dti <= 0.4:
        why.append("principal_forbearance_5")
    if not (
        income < 4500 or (employment in {"unemployed", "disabled", "retired"} and balance >= 150000)
    ):
        why.append("principal_forbearance_6")
    if why:
        failed["principal_forbearance"] = why
    else:
        eligible.append("principal_forbearance")
    why = []
    if days_past_due < 90:
        why.append("settlement_1")
    if balance > 400000:
        why.append("settlement_2")
    if loan_type not in {"card", "personal", "heloc"}:
        why.append("settlement_3")
    if in_bankruptcy:
        why.append("settlement_4")
    if dti < 0.45:
        why.append("settlement_5")
    if not (
        hardship in {"death", "medical", "job_loss"}
        or (income <= 3500 and prior_plans >= 1)
        or employment == "disabled"
    ):
        why.append("settlement_6")
    if why:
        failed["settlement"] = why
    else:
        eligible.append("settlement")
    why = []
    if ltv < 0.9:
        why.append("short_sale_1")
    if months_on_book <= 12:
        why.append("short_sale_2")
    if state not in {"ca", "fl", "il", "ny", "pa", "tx"}:
        why.append("short_sale_3")
    if not docs_complete:
        why.append("short_sale_4")
    if dti <= 0.55:
        why.append("short_sale_5")
    if not (
        not owner_occupied
        or days_past_due > 120
        or (hardship in {"divorce", "death", "job_loss"} and prior_plans >= 1)
    ):
        why.append("short_sale_6")
    if why:
        failed["short_sale"] = why
    else:
        eligible.append("short_sale")
    return eligible, failed
