"""Test files under pytest: what `policyengine.pytest_plugin` hands over once there is such a file.

    opened      one test file with its policy, or what is wrong with it
    items       the file, its cases and its laws, as pytest collects them
    failing     what a failure says, at the line of the file
    covering    coverage of a whole run of pytest, its workers' included

Nothing is refused while files are collected, for pytest then runs no test at all. What is wrong with a file as a whole
is an item of its own, `file`, that fails; its cases and laws keep their names, so that a node id stands for the same
case whether or not its policy loads, and fail for the same reason.
"""
