"""What a line may be, in numbers that need no array library."""

#: Numbered or a heading that counts; with a speaker; with a dash before it; code; in columns.
HEAD_LINE, SPEAKER_LINE, DASHED_LINE, CODE_LINE, COLUMN_LINE = 1, 2, 4, 8, 16
