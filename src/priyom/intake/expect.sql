-- How long people of a МО waited lately from asking to having a time, in tens of minutes, by the
-- estimate of Kaplan and Meier: who still waits counts for as long as the waiting has lasted, so
-- that a growing queue is not hidden behind those who were quick. Of the speciality, and of all.

WITH lately AS (
    SELECT request.speciality_id = %(speciality)s AS is_own,
           ceil(extract(epoch FROM coalesce(booked.booked_at, %(now)s) - request.asked_at) / 600)
               AS waited,
           count(booked.id) AS ended, count(*) AS people
    FROM intake_request request
    LEFT JOIN consultations_consultation booked ON booked.id = request.consultation_id
    WHERE request.organisation_id = %(place)s AND request.source = %(source)s
      AND request.asked_at >= %(since)s AND request.asked_at <= %(now)s
      AND (booked.id IS NOT NULL OR request.state IN ('new', 'taken'))
    GROUP BY 1, 2
), grouped AS (
    SELECT 'own' AS whose, waited, ended, people FROM lately WHERE is_own
    UNION ALL SELECT 'all', waited, sum(ended), sum(people) FROM lately GROUP BY waited
), at_risk AS (
    SELECT whose, waited, ended,
           sum(people) OVER (PARTITION BY whose ORDER BY waited DESC) AS left_then
    FROM grouped
), still AS (
    SELECT whose, waited, ended,
           exp(sum(ln(greatest(1 - ended::float8 / left_then::float8, 1e-12)))
               OVER (PARTITION BY whose ORDER BY waited)) AS share
    FROM at_risk
)
SELECT whose, sum(ended)::int,
       (min(waited) FILTER (WHERE share <= 0.5 + 1e-9))::float8 * interval '10 minutes',
       (min(waited) FILTER (WHERE share <= 0.1 + 1e-9))::float8 * interval '10 minutes'
FROM still GROUP BY whose
