"""Addresses of the room."""

from django.urls import path

from priyom.intake.views import away, booking, desk, entry, mine, waiting

app_name = "intake"
urlpatterns = [
    path("my/requests/new/", mine.new, name="new"),
    path("my/requests/<uuid:request_id>/", mine.one, name="my-request"),
    path("my/requests/<uuid:request_id>/add/", mine.add, name="add"),
    path("my/requests/<uuid:request_id>/withdraw/", mine.withdraw, name="withdraw"),
    path("desk/journal/", desk.journal, name="journal"),
    path("desk/journal/next/", desk.take_next, name="next"),
    path("desk/requests/new/", entry.enter, name="enter"),
    path("desk/requests/<uuid:request_id>/", booking.screen, name="request"),
    path("desk/requests/<uuid:request_id>/found/", booking.found, name="found"),
    path("desk/requests/<uuid:request_id>/person/", booking.person, name="person"),
    path("desk/requests/<uuid:request_id>/times/", booking.times, name="times"),
    path("desk/requests/<uuid:request_id>/hold/", booking.hold, name="hold"),
    path("desk/requests/<uuid:request_id>/book/", booking.book, name="book"),
    path("desk/requests/<uuid:request_id>/take/", desk.take, name="take"),
    path("desk/requests/<uuid:request_id>/release/", desk.release, name="release"),
    path("desk/requests/<uuid:request_id>/decline/", desk.decline, name="decline"),
    path(
        "desk/requests/<uuid:request_id>/mark_duplicate/",
        desk.mark_duplicate,
        name="mark-duplicate",
    ),
    path("desk/requests/<uuid:request_id>/reopen/", desk.reopen, name="reopen"),
    path("desk/requests/<uuid:request_id>/contact/", desk.contact, name="contact"),
    path("desk/order/", entry.order_for, name="order-for"),
    path("desk/patients/<uuid:patient>/order/", entry.order, name="order"),
    path("desk/notices/", desk.letters, name="letters"),
    path("desk/notices/<uuid:notice_id>/retry/", desk.retry, name="retry"),
    path("desk/waiting/", waiting.listing, name="waiting"),
    path("desk/requests/<uuid:request_id>/propose/", waiting.propose, name="propose"),
    path("desk/requests/<uuid:request_id>/hasten/", waiting.hasten, name="hasten"),
    path("desk/proposals/<uuid:proposal_id>/withdraw/", waiting.withdraw, name="withdraw-proposal"),
    path("my/proposals/<uuid:proposal_id>/", waiting.proposal, name="proposal"),
    path("my/proposals/<uuid:proposal_id>/accept/", waiting.accept, name="accept-proposal"),
    path("my/proposals/<uuid:proposal_id>/decline/", waiting.decline, name="decline-proposal"),
    path("desk/absences/", away.listing, name="absences"),
    path("desk/absences/new/", away.prepare, name="prepare-absence"),
    path("desk/absences/<uuid:absence_id>/", away.one, name="absence"),
    path("desk/absences/<uuid:absence_id>/tell/", away.tell, name="tell-absence"),
    path("desk/absences/<uuid:absence_id>/undo/", away.undo, name="undo-absence"),
    path("desk/transfers/<uuid:transfer_id>/choose/", away.choose, name="choose"),
    path("desk/transfers/<uuid:transfer_id>/give_back/", away.give_back, name="give-back"),
    path("my/transfers/<uuid:transfer_id>/", away.transfer, name="transfer"),
    path("my/transfers/<uuid:transfer_id>/choose/", away.my_choice, name="my-choice"),
    path("my/transfers/<uuid:transfer_id>/give_back/", away.my_refusal, name="my-refusal"),
]
