"""What a line and a text may be, in numbers that need no array library."""

#: Numbered or a heading that counts; with a speaker; with a dash before it; code; in columns.
HEAD_LINE, SPEAKER_LINE, DASHED_LINE, CODE_LINE, COLUMN_LINE = 1, 2, 4, 8, 16

#: What most lines of a text may be: numbered, spoken, code, in columns, figures, verse, or headings
#: among them; and what they are: broken at a width, and filled up to one.
NUMBERED, SPOKEN, CODE, COLUMNS, FIGURES, VERSE, HEADED = 1, 2, 4, 8, 16, 32, 64
WRAPPED, FILLED = 128, 256

#: All that a text may be whose form is protected.
PROTECTED = NUMBERED | SPOKEN | CODE | COLUMNS | FIGURES | VERSE | HEADED
