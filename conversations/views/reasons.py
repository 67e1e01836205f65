"""Why a file was not read, in words for people: what to do about it."""

from django.utils.translation import gettext_lazy

REASONS = {
    "unsupported": gettext_lazy("It cannot be read. Use PDF, Word, PowerPoint, Excel, CSV, HTML, Markdown or text."),
    "mislabelled": gettext_lazy("The file is not what its name says. Save it again with the right ending."),
    "encrypted": gettext_lazy("It is protected by a password. Save it without one and upload it again."),
    "scanned": gettext_lazy("It holds pictures of pages, no text. Run text recognition (OCR) first."),
    "empty": gettext_lazy("There is no text in it."),
    "broken": gettext_lazy("The file is damaged. Save it again from the program that made it."),
    "bomb": gettext_lazy("It unpacks to far more than a document would. It was not read."),
    "too_large": gettext_lazy("It is too large. Split it."),
    "too_many_pages": gettext_lazy("It has more than 5,000 pages. Split it."),
    "too_slow": gettext_lazy("Reading it took too long. Split it, or save it again."),
    "too_much_memory": gettext_lazy("Reading it took too much memory. Split it, or save it again."),
    "storage": gettext_lazy("It could not be stored: ask an administrator whether the disk is full. Then try again."),
    "embedding_failed": gettext_lazy("The embedding deployment did not answer. Try again, or ask an administrator."),
    "not_found_again": gettext_lazy("It was read, but a search did not find it. Try again."),
    "lost": gettext_lazy("Reading it ended the program that reads, three times. Save it again, or split it."),
}  # fmt: skip
