"""A small vocabulary with a fact of every type, and what every policy over it begins with."""

VOCABULARY = """\
vocabulary: tiny
language: 1
languages: [en, zh]
title: {en: Tiny, zh: 小}
enums:
  colour:
    title: {en: colour, zh: 颜色}
    values: {red: {en: red, zh: 红}, green: {en: green, zh: 绿}, blue: {en: blue, zh: 蓝}}
  shade:
    title: {en: shade, zh: 深浅}
    values: {light: {en: light, zh: 浅}, dark: {en: dark, zh: 深}}
  method:
    title: {en: method, zh: 方式}
    values: {level: {en: level, zh: 等额本息}, equal_principal: {en: equal principal, zh: 等额本金}}
records:
  part:
    n: {type: integer, title: {en: number, zh: 数}}
    flag: {type: boolean, title: {en: flag, zh: 标志}}
  item:
    n: {type: integer, title: {en: number, zh: 数}}
    cash: {type: money, title: {en: cash, zh: 现金}}
    rate: {type: rate, title: {en: rate, zh: 利率}}
    days: {type: days, title: {en: days, zh: 天}}
    day: {type: date, title: {en: day, zh: 日}}
    flag: {type: boolean, title: {en: flag, zh: 标志}}
    colour: {type: enum, of: colour, title: {en: colour, zh: 颜色}}
    age: {type: integer, protected: true, title: {en: age, zh: 年龄}}
    parts: {type: list, of: part, title: {en: parts, zh: 部分}}
facts:
  x.flag: {type: boolean, title: {en: flag, zh: 标志}}
  x.other: {type: boolean, title: {en: other, zh: 其他}}
  x.n: {type: integer, title: {en: number, zh: 数}}
  x.m: {type: integer, title: {en: number, zh: 数}}
  x.q: {type: number, title: {en: number, zh: 数}}
  x.cash: {type: money, title: {en: cash, zh: 现金}}
  x.cost: {type: money, title: {en: cost, zh: 成本}}
  x.rate: {type: rate, title: {en: rate, zh: 利率}}
  x.days: {type: days, title: {en: days, zh: 天}}
  x.wait: {type: days, title: {en: wait, zh: 等待}}
  x.months: {type: months, title: {en: months, zh: 月}}
  x.term: {type: months, title: {en: term, zh: 期限}}
  x.day: {type: date, title: {en: day, zh: 日}}
  x.end: {type: date, title: {en: end, zh: 结束}}
  x.word: {type: text, title: {en: word, zh: 词}}
  x.colour: {type: enum, of: colour, title: {en: colour, zh: 颜色}}
  x.shade: {type: enum, of: shade, title: {en: shade, zh: 深浅}}
  x.items: {type: list, of: item, title: {en: items, zh: 项目}}
  x.age: {type: integer, protected: true, title: {en: age, zh: 年龄}}
  x.dear:
    type: boolean
    title: {en: costly to know, zh: 难以获知}
    ask: {question: {en: Is it?, zh: 是吗？}, evidence: {en: a paper, zh: 文件}, cost: 5}
  loan.id: {type: text, title: {en: id, zh: 编号}}
  loan.principal: {type: money, min: 0, title: {en: principal, zh: 本金}}
  loan.accrued_interest: {type: money, min: 0, title: {en: interest, zh: 利息}}
  loan.penalty_interest: {type: money, min: 0, title: {en: penalty, zh: 罚息}}
  loan.fees: {type: money, min: 0, title: {en: fees, zh: 费用}}
  loan.annual_rate: {type: rate, min: 0, title: {en: rate, zh: 利率}}
  loan.payment: {type: money, min: 0, title: {en: payment, zh: 月供}}
  loan.remaining_term: {type: months, min: 0, title: {en: term, zh: 期限}}
  loan.days_past_due: {type: days, min: 0, title: {en: days, zh: 天}}
  loan.next_due: {type: date, title: {en: due, zh: 到期日}}
  loan.due_day: {type: integer, title: {en: due day, zh: 还款日}}
  loan.method: {type: enum, of: method, title: {en: method, zh: 方式}}
  loan.items: {type: list, of: item, title: {en: items, zh: 项目}}
"""

HEAD = """\
policy: tiny
language: 1
version: 2024-01-01
title: {en: Tiny, zh: 小}
languages: [en, zh]
currency: CNY
vocabulary: tiny
"""

BECAUSE = "because: {en: It is so., zh: 如此。}"


def quoted(expression: str) -> str:
    """Return an expression as a YAML scalar, whatever it contains."""
    return "'" + expression.replace("'", "''") + "'"
