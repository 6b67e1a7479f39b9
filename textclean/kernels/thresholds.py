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

#: Of the longer sentence's words, the share (of 1,000) both have, in order, introductions aside.
NEAR_SHARED_PERMILLE = 700

#: Words that the fuller of two sentences may have more of, fillers aside.
NEAR_ADDED_WORDS = 3

#: What follows are shares of 10,000 where no other whole is named.
WHOLE = 10_000

#: A stuffed phrase: words it has, words of a text in which a frequency means anything.
PHRASE_SHORTEST, PHRASE_LONGEST, PHRASE_WORDS = 2, 7, 80

#: Its mentions, and its share of the text's words, by its length: where clean news ends. Longer
#: ones need what those of four words do.
PHRASE_MENTIONS = {2: 14, 3: 6, 4: 5}
PHRASE_DENSITY = {2: 600, 3: 300, 4: 250}

#: Share of the text from its first mention to its last.
PHRASE_SPREAD = 4500

#: A term, not a name, is worn down in natural text: "the cards" follows "national identity cards".
#: Where so many of the standings of each of its words are in the whole phrase, it is stuffed; with
#: three content words, where clean news ends is then this low.
RIGID_RATIO, RIGID_WORDS, RIGID_DENSITY = 8500, 3, 180

#: The same for a term of two content words that others join, and for one whose words stand alone
#: too: "casas para alugar", "video on demand".
TERM_MENTIONS, TERM_DENSITY = 7, 350
LOOSE_MENTIONS, LOOSE_DENSITY = 9, 450

#: Longer items are clauses, not keywords: "book cheap flights to london online today now" is one.
ITEM_WORDS = 8

#: Items a list needs -> the share (of 1,000) of its words that have to be distinct at most:
#: "red wine, white wine, sweet wine, dry wine" has 5 of 8; a price list of cities has more.
LIST_DISTINCT = {3: 400, 4: 500, 6: 550}

#: Words that have to stand in this share (of 1,000) of the items to be their core.
CORE_PERMILLE, CORE_WORDS = 600, 2

#: Items of a list whose core is a single word.
SINGLE_ITEMS = 5

#: Lines of a list whose items are lines, and figures of each at most: a year.
STACK_LINES, STACK_FIGURES = 5, 1

#: A chain has no separators: this many words, of which so few (of 1,000) are distinct.
CHAIN_WORDS, CHAIN_DISTINCT = 12, 400

#: Two words in a row stand three times within so many words of a chain.
CROWD_WINDOW = 24

#: Period of the longest rhythm, in words, and periods needed, of a single word more.
LONGEST_PERIOD, PERIODS, WORD_PERIODS = 12, 4, 8

#: A language is guessed by so many words from the start, and so many at least: the share of its
#: words of grammar in running text is 3,500 to 5,000, in Russian 1,400 to 3,000; and as often as
#: any other's.
GUESS_TEXT, GUESS_WORDS, GUESS_SHARE, GUESS_LEAD = 2000, 20, 1400, 12500

#: Shares of lines above which the form of a text is what its lines are, and lines of such a text.
NUMBERED_RATIO = 0.12
COUNTING_RATIO = 0.3  # of the numbered lines go on from the one before
SPEECH_RATIO = 0.25
CODE_RATIO = 0.3
COLUMN_RATIO = 0.4
DIGIT_RATIO = 0.4
FORM_LINES = 5

#: Verse: lines of this many words, most of the text.
VERSE_SHORTEST, VERSE_LONGEST, VERSE_LINE_WIDTH = 2, 14, 72
VERSE_RATIO, VERSE_LINES = 0.7, 8
VERSE_MEAN_WORDS = 3.2
VERSE_WORD_RATIO = 0.3  # of all words are in those lines: an article between calls is no verse

#: Headings that count in words ("Atikulu Tu"): this many short lines that end no sentence, most
#: of which share a word but no two of which are the same.
HEADINGS = 10
HEADING_SHORTEST, HEADING_LONGEST = 2, 5
HEADING_SHARE = 0.6

#: Hard-wrapped prose: this share of lines within the width, and few that end a sentence.
WRAP_LEAST, WRAP_MOST = 45, 100
WRAP_SHARE = 0.6
WRAP_LINES = 6

#: The same, told by where lines end: at the width, which all but one of so many lines keep, or a
#: little before it. Of the lines of real verse and recipes up to 0.43 do so, of texts that mix
#: prose with verse, code or headers up to 0.84, of most wrapped prose more.
FILLED_SHARE = 0.85
FILL_SLACK = 2
WIDER_LINES = 20  # headers and tables may be wider
