"""Addresses of the room."""

from django.urls import path

from priyom.conclusions import public, views

app_name = "conclusions"
_DESK = "desk/consultations/<uuid:consultation_id>/conclusion/"
_EARLIER = "desk/consultations/<uuid:consultation_id>/earlier/<uuid:earlier_id>/conclusion/"
_MY = "my/consultations/<uuid:consultation_id>/conclusion/"
urlpatterns = [
    path(_DESK, views.desk, name="desk"),
    path(f"{_DESK}form/", views.form, name="form"),
    path(f"{_DESK}certificate/", views.certificate, name="certificate"),
    path(f"{_DESK}review/", views.review, name="review"),
    path(f"{_DESK}revise/", views.revise, name="revise"),
    path(f"{_DESK}sign/", views.sign, name="sign"),
    path(f"{_DESK}amend/", views.amend, name="amend"),
    path(f"{_DESK}withdraw/", views.withdraw, name="withdraw"),
    path(f"{_DESK}materials/", views.materials, name="materials"),
    path(f"{_DESK}template/", views.templates, name="templates"),
    path(f"{_DESK}template/<uuid:template_id>/drop/", views.drop_template, name="template-drop"),
    path(f"{_DESK}preview.pdf", views.preview, name="preview"),
    path(f"{_DESK}formed.pdf", views.formed, name="formed"),
    path(f"{_DESK}v<int:version>.pdf", views.desk_pdf, name="desk-pdf"),
    path(f"{_DESK}v<int:version>.xml", views.desk_xml, name="desk-xml"),
    path(f"{_DESK}v<int:version>/<slug:which>.sig", views.desk_signature, name="desk-signature"),
    path(f"{_DESK}v<int:version>.fhir.json", views.desk_fhir, name="desk-fhir"),
    path(_EARLIER, views.earlier, name="earlier"),
    path(f"{_EARLIER}v<int:version>.pdf", views.earlier_pdf, name="earlier-pdf"),
    path("desk/cadesplugin_api.js", views.plugin, name="plugin"),
    path("desk/icd10/", views.codes, name="codes"),
    path("desk/icd10/favourite/", views.favourite, name="favourite"),
    path(f"{_MY}v<int:version>.pdf", views.my_pdf, name="my-pdf"),
    path(f"{_MY}v<int:version>.xml", views.my_xml, name="my-xml"),
    path(f"{_MY}v<int:version>/<slug:which>.sig", views.my_signature, name="my-signature"),
    path("check/", public.check, name="check"),
    path("check/file/", public.inspect, name="inspect"),
    path("check/file/<str:token>/", public.inspection, name="inspection"),
    path("check/<str:code>/", public.check, name="checked"),
]
