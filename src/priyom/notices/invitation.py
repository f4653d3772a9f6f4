"""The calendar file of a letter (RFC 5545, iTIP), in Moscow time and without a medical word."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from icalendar import Alarm, Calendar, Event, vCalAddress, vText

from priyom.kernel import clock, ical

SUMMARY = "Консультация в поликлинике"


@dataclass(frozen=True, slots=True)
class Invitation:
    """One appointment: `about` makes its UID, `sequence` grows with each change; instants aware.

    `sender` and `attendee` are mail addresses, `host` the domain that the UID belongs to.
    """

    about: UUID
    host: str
    sequence: int
    starts_at: datetime
    ends_at: datetime
    sender: str
    attendee: str
    url: str
    is_cancelled: bool = False


def calendar(invitation: Invitation) -> str:
    """Return the .ics text: METHOD REQUEST, or CANCEL when the appointment is off."""
    book = Calendar()
    book.add("prodid", "-//Priyom//RU")
    book.add("version", "2.0")
    book.add("method", "CANCEL" if invitation.is_cancelled else "REQUEST")
    book.add_component(ical.moscow())
    event = Event()
    event.add("uid", f"{invitation.about}@{invitation.host}")
    event.add("sequence", invitation.sequence)
    event.add("dtstamp", clock.now())
    event.add("dtstart", invitation.starts_at.astimezone(clock.MOSCOW))
    event.add("dtend", invitation.ends_at.astimezone(clock.MOSCOW))
    event.add("summary", SUMMARY)
    event.add("url", invitation.url)
    event.add("description", f"Чат откроется по ссылке: {invitation.url}")
    event.add("status", "CANCELLED" if invitation.is_cancelled else "CONFIRMED")
    organizer = vCalAddress(f"mailto:{invitation.sender}")
    organizer.params["cn"] = vText("Приём")
    event["organizer"] = organizer
    attendee = vCalAddress(f"mailto:{invitation.attendee}")
    attendee.params["rsvp"] = vText("FALSE")
    event.add("attendee", attendee, encode=False)
    if not invitation.is_cancelled:
        event.add_component(_alarm(timedelta(minutes=-15), SUMMARY))
    book.add_component(event)
    return str(book.to_ical().decode("utf-8"))


@dataclass(frozen=True, slots=True)
class Reminder:
    """A day to recall something: `key` and `host` make its UID, `url` is where the words stand."""

    key: str
    host: str
    on: date
    url: str


def reminder(one: Reminder) -> str:
    """Return the .ics text: the whole day, recalled at nine, without a word of what it is about."""
    book = Calendar()
    book.add("prodid", "-//Priyom//RU")
    book.add("version", "2.0")
    book.add("method", "PUBLISH")
    event = Event()
    event.add("uid", f"{one.key}@{one.host}")
    event.add("dtstamp", clock.now())
    event.add("dtstart", one.on)
    event.add("dtend", one.on + timedelta(days=1))
    event.add("summary", "Напоминание из «Приёма»")
    event.add("description", f"Что именно, написано здесь: {one.url}")
    event.add("url", one.url)
    event.add("transp", "TRANSPARENT")
    event.add_component(_alarm(timedelta(hours=9), "Напоминание из «Приёма»"))
    book.add_component(event)
    return str(book.to_ical().decode("utf-8"))


def _alarm(trigger: timedelta, text: str) -> Alarm:
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", text)
    alarm.add("trigger", trigger)
    return alarm
