"""Histories that Amazon SWF wrote, performed again on Everbeat and compared.

A recording holds the calls that one client made to Amazon SWF, the history of
the run among the answers. Polls and responses were made by other processes and
are not in it, but they can be read back out of the history: a
DecisionTaskStarted says who polled which list, the events that name one
DecisionTaskCompleted are the decisions of its response, and so on.

    recordings.py         where the recordings lie and what is in them
    stage.py              a server with the domain and types of a recording
    script.py             a history read as the steps that brought it about
    performer.py          decider, workers, clients and children take the steps
    clock.py              waiting for timers and time-outs
    known_differences.py  the table of all that may differ, with the reasons
    compare.py            comparison, member for member
    enact.py              all of this for one recording

The recordings are other people's data and no part of this repository. The
tests read them where they lie, and say so when they are absent.
"""
