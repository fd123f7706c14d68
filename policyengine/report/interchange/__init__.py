"""Findings and test results in the formats of other programs.

    note      a finding with its place
    sarif     notes as SARIF 2.1.0, which code-scanning services and editors read
    github    notes as workflow commands, which GitHub shows beside the lines of a change
    junit     suites of tests as JUnit XML, in the form of Jenkins' junit-10.xsd, which nearly every CI server reads

There is no clock in any of them: the same findings are the same bytes.
"""
