"""The numbers that a level of the repetition stage and its triage share: what may go at all.

Plain numbers, so that the stage can have them without NumPy.
"""

#: Words a repeated statement needs, by how often it stands: clean news never repeats five words
#: but by mistake (50 of 3,700 articles, each a real repeat); "Yes." is an answer each time.
STATEMENT_WORDS = {2: 5, 3: 4, 4: 3}

#: The same for what does not end as a sentence: a heading may head two sections.
CALL_WORDS = {2: 8, 3: 5, 4: 4, 6: 3}

#: So long a repeat is a slip of whoever put the text together, and never meant.
SLIP_WORDS = 25

#: A statement of fewer words has to be this share (of 1,000) of the text's words, all standings
#: together: a speaker comes back to a short sentence after pages (three presidents do), a stuffer
#: at once.
REFRAIN_WORDS, REFRAIN_PERMILLE = 8, 8

#: Sentences that are compared with each other: shorter ones are too easily alike, longer ones too
#: dear to compare.
NEAR_WORDS, NEAR_MOST_WORDS = 6, 80

#: Of either sentence's words, the share (of 1,000) inside sequences of four that both have: real
#: near repeats have 560 and more, and the compiled triage can look for it.
NEAR_PERMILLE = 550

#: Words that the fuller of two sentences may have more of, fillers aside.
NEAR_ADDED_WORDS = 3
