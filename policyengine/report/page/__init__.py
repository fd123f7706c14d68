"""The decisions about a borrower as one HTML file: for the screen, the phone and paper, without network.

    Assessment ──► content (one language: texts and numbers) ──┐
    schedules  ──► curve (numbers to geometry)              ───┴──► page.html.jinja + page.css + page.js ──► text

A page holds each language whole, one after the other; the switch shows one of them. Nothing is fetched: styles and the
few lines of script stand in the file, and its content security policy allows these and nothing else.
"""
