"""The exercises: one module a lesson, and the checker that judges every answer.

`checker` has what a lesson uses, `Exercise` and `Prediction`; `trials` calls an answer with random
inputs and finds what is wrong; `running` calls it safely; `clues` says something of mistakes that
nobody listed; `feedback` is what a reader sees. `drawing` and `routes` are what exercises share.

An exercise needs random inputs, two independent routes to what is right, five mistakes or more
(a function of the inputs: each wrong result under the question that names it), a hint and a
solution; with a bug in the stub, the symptom, too. A test checks that every mistake is refused by
its name and every right answer accepted, however it is written.
"""
