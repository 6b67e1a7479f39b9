"""Sound sentences in many languages, and texts that were misread through a code page."""

from hypothesis import strategies as st

from textclean.edits import apply_edits
from textclean.stages.mojibake import RepairMojibake
from textclean.stages.mojibake.code_pages import code_pages

STAGE = RepairMojibake()

#: Sound sentences with several characters beyond ASCII each.
SENTENCES = {
    "fr": "Le théâtre est fermé : l’été à la forêt, dès décembre.",
    "de": "Die Fähre fährt über die Bucht, größer und schöner als früher.",
    "pt": "A estação não abre amanhã; às ilhas é à noite que vão só três barcos.",
    "pl": "Prom płynie przez zatokę, gdyż most został zamknięty.",
    "tr": "Vapur körfezi geçiyor, köprü kapalı ve yağmur yağıyor.",
    "cs": "Loď pluje přes záliv, protože most je zavřený.",
    "ro": "Feribotul traversează golful, fiindcă podul este închis și aici.",
    "vi": "Phà chạy qua vịnh vì cầu đã đóng cửa từ tháng trước.",
    "ru": "Паром идёт через залив и в порт, потому что мост закрыт.",
    "el": "Το πλοίο περνά τον κόλπο επειδή η γέφυρα έκλεισε.",
    "he": "המעבורת חוצה את המפרץ כי הגשר סגור.",
    "ja": "橋が閉鎖されたため、フェリーが湾を渡ります。",
    "ko": "다리가 닫혀서 배가 만을 건넙니다.",
    "th": "เรือข้ามอ่าวเพราะสะพานปิด",
}
CHAINS = ("cp1252", "cp1250", "cp1251", "mac_roman", "cp437")


def sloppily(text: str, codec: str) -> str:
    """Read UTF-8 through a code page; a byte without a character becomes its C1 control."""
    read = []
    for byte in text.encode():
        try:
            read.append(bytes([byte]).decode(codec))
        except UnicodeDecodeError:
            read.append(chr(byte))
    return "".join(read)


def repair(text: str, stage: RepairMojibake = STAGE, language: str | None = None) -> str:
    return apply_edits(text, stage.find_edits(text, language))


PIECES = st.sampled_from(
    [
        *"éàãçñüşğłżÉŁбвгдИЯΩω中か한กขไאبعرب’“”–…™«»°ß",
        "Привет",
        "ação",
        *"aeistAENST .,1\n",
        *(" ", "\xa0", "é -> é", "→"),
        "Ã¥",
        "ƒ",
        "√",
        "в",
    ]
)


@st.composite
def misread_texts(draw: st.DrawFn) -> str:
    """A text misread through one code page up to three times, then tampered with."""
    page = draw(st.sampled_from(code_pages()))
    text = "".join(draw(st.lists(PIECES, min_size=1, max_size=10)))
    for _ in range(draw(st.integers(1, 3))):
        text = "".join(page.characters[byte] for byte in text.encode())
    for _ in range(draw(st.integers(0, 2))):
        at = draw(st.integers(0, len(text)))
        stray = draw(st.sampled_from([*"aA .", *page.characters[0x80:]]))
        text = text[:at] + stray + text[at:]
    return text
