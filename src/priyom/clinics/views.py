"""The page where somebody with several posts says which one it is now."""

from __future__ import annotations

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from priyom.accounts.models import Account
from priyom.clinics import actions, queries
from priyom.clinics.doors import Visit, to_sign_in
from priyom.clinics.middleware import POST


@require_http_methods(["GET", "HEAD", "POST"])
def post(request: Visit) -> HttpResponse:
    """Show the person's posts; POST takes one, under a new key of the session."""
    account = request.user
    if not isinstance(account, Account):
        return to_sign_in(request)
    if request.method == "POST":
        chosen = actions.switch(request.actor, account.pk, request.POST.get("post", ""))
        request.session[POST] = str(chosen.pk)
        request.session.cycle_key()
        return HttpResponseRedirect("/desk/")
    posts = queries.posts_of(account.pk)
    context = {"posts": posts, "present": request.post, "account": account}
    return render(request, "clinics/post.html", context)
