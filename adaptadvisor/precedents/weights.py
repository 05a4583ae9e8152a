"""What the odds have learned from the precedents; see `odds.py`.

Written by `python tests/bench/odds.py fit`: change nothing by hand. A row says what its
statement adds to the log-odds of each plan, in the order of PLANS.
"""

from __future__ import annotations

PLANS: tuple[tuple[str, ...], ...] = (
    ("prompt",),
    ("rag",),
    ("task_head",),
    ("lora",),
    ("rag", "lora"),
    ("full",),
    ("rag", "full"),
)

BASE = (-1.299, -2.452, -2.135, -1.628, -4.172, -1.758, -3.891)

STATEMENTS: dict[str, tuple[float, ...]] = {
    "behaviour_shift = some": (0.086, -0.133, -0.071, 0.171, 0.062, -0.014, -0.03),
    "behaviour_shift = strong": (-0.209, -0.196, -0.059, 0.042, -0.076, 0.124, 0.031),
    "citations = true": (-0.098, 0.029, -0.068, -0.011, 0.031, 0.094, 0.091),
    "data_quality = strong": (-0.213, -0.125, 0.003, 0.05, -0.015, 0.372, 0.019),
    "deciding": (-0.057, -0.112, 0.487, -0.114, -0.006, -0.06, -0.077),
    "deciding: data_quality = strong": (-0.247, -0.158, 0.039, 0.141, 0.069, 0.144, 0.097),
    "deciding: many examples": (-0.272, -0.235, 0.147, 0.081, 0.098, -0.098, 0.003),
    "deciding: model_access = api": (0.331, -0.055, 0.019, -0.144, -0.045, -0.159, -0.04),
    "deciding: model_access = api_tuning": (-0.173, -0.065, -0.319, 0.575, -0.074, 0.6, -0.076),
    "deciding: model_access = weights": (-0.164, -0.155, 0.193, 0.024, 0.047, -0.026, -0.034),
    "deciding: output_schema = true": (0.298, 0.159, -0.021, -0.23, 0.124, -0.159, 0.128),
    "deciding: prompt_affordable = false": (-0.333, -0.124, 0.269, -0.109, -0.108, -0.073, -0.078),
    "deciding: prompt_result = close": (-0.11, -0.056, 0.002, 0.069, -0.047, -0.085, -0.042),
    "deciding: prompt_result = far": (-0.151, -0.075, 0.012, 0.23, 0.108, 0.473, 0.118),
    "deciding: prompt_result unknown": (0.249, 0.042, 0.318, -0.295, -0.046, -0.342, -0.135),
    "deciding: reasons to tune": (-0.299, -0.185, 0.176, 0.029, 0.169, 0.085, 0.149),
    "deciding: small model": (-0.131, -0.085, -0.407, 0.576, 0.2, 0.274, 0.077),
    "deciding: special, tunable, untested": (-0.125, -0.117, -0.141, 0.336, 0.153, 0.445, 0.041),
    "deciding: specialisation = deep": (-0.196, 0.053, 0.235, -0.031, 0.151, 0.131, 0.015),
    "deciding: specialisation = domain": (-0.018, -0.078, 0.288, -0.133, -0.061, -0.052, -0.017),
    "deciding: specialisation = general": (0.039, -0.099, -0.09, 0.033, -0.046, 0.136, -0.036),
    "deciding: text to search": (0.184, 0.118, 0.133, 0.107, 0.083, 0.172, 0.085),
    "few examples": (0.368, -0.007, 0.029, -0.135, -0.064, -0.084, -0.058),
    "knowledge_updates = days": (-0.107, 0.136, 0.072, -0.229, 0.018, -0.215, -0.023),
    "main_error = knowledge": (-0.175, 0.093, 0.037, -0.263, 0.19, -0.099, 0.288),
    "main_error = skill": (0.039, -0.084, -0.036, -0.057, -0.099, 0.283, -0.081),
    "ml_skill = some": (0.233, 0.161, -0.065, -0.117, -0.072, 0.044, -0.067),
    "ml_skill = strong": (-0.219, -0.152, 0.174, -0.058, -0.019, -0.126, 0.006),
    "model size >= 10": (0.166, 0.014, 0.107, -0.141, -0.206, -0.177, -0.08),
    "model size >= 5": (0.076, -0.23, -0.268, 0.14, 0.062, 0.177, 0.172),
    "model size known": (-0.028, -0.13, -0.392, 0.344, 0.246, 0.225, 0.047),
    "model_access = api": (0.378, 0.165, -0.053, -0.316, -0.155, -0.348, -0.219),
    "model_access = api_tuning": (-0.07, -0.101, -0.413, 0.659, 0.028, 0.604, 0.013),
    "model_access = weights": (-0.32, -0.036, -0.006, 0.28, 0.197, 0.016, 0.05),
    "output_schema = true": (0.154, 0.161, -0.063, -0.086, 0.162, -0.159, 0.131),
    "private_knowledge = true": (0.056, 0.226, -0.081, -0.18, 0.163, -0.188, 0.177),
    "prompt_affordable = false": (-0.391, -0.205, 0.196, 0.083, 0.002, 0.391, -0.136),
    "prompt_result = close": (0.018, 0.08, -0.031, 0.043, -0.068, -0.162, -0.065),
    "prompt_result = far": (-0.149, -0.08, -0.077, 0.17, -0.057, 0.339, 0.062),
    "prompt_result = passes": (-0.046, -0.059, 0.108, -0.047, -0.041, 0.08, -0.036),
    "prompt_result unknown": (0.176, 0.058, -0.001, -0.166, 0.164, -0.258, 0.037),
    "reasons to search": (-0.106, 0.449, 0.063, -0.326, 0.1, -0.333, 0.145),
    "reasons to tune": (-0.195, -0.308, -0.039, 0.308, 0.142, 0.379, 0.012),
    "sensitive_data = true": (0.03, -0.033, 0.029, 0.256, 0.247, 0.045, 0.256),
    "specialisation = deep": (-0.145, -0.214, 0.099, -0.203, 0.118, 0.333, 0.229),
    "specialisation = domain": (-0.279, 0.088, 0.126, 0.108, -0.051, 0.017, 0.038),
    "specialisation = general": (0.227, -0.065, -0.165, -0.028, -0.005, 0.049, 0.007),
    "stakes = high": (0.251, 0.214, -0.147, 0.089, -0.013, 0.22, -0.089),
    "task = answer": (-0.027, 0.495, -0.168, -0.377, 0.381, -0.441, 0.412),
    "task = code": (-0.144, -0.203, -0.087, 0.351, -0.153, 0.371, -0.148),
    "task = extract": (-0.063, 0.017, 0.077, -0.1, 0.026, 0.01, 0.053),
    "task = label": (-0.139, -0.081, 0.421, -0.163, -0.09, -0.036, -0.218),
    "task = match": (0.145, -0.048, -0.01, 0.15, 0.059, -0.035, 0.087),
    "task = rewrite": (-0.071, -0.176, -0.101, 0.135, -0.121, 0.045, 0.052),
    "task = write": (0.221, 0.014, -0.101, 0.016, -0.094, 0.218, -0.232),
    "task_changes = days": (0.52, 0.312, -0.149, -0.177, -0.046, -0.177, -0.053),
    "task_changes = months": (0.224, 0.048, -0.157, -0.054, -0.036, -0.058, -0.03),
    "text to search": (-0.057, 0.466, -0.05, -0.056, 0.354, -0.014, 0.412),
    "text to search: prompt falls short": (-0.065, 0.019, -0.107, 0.187, -0.142, 0.241, -0.037),
    "text to search: reasons to tune": (0.151, 0.132, -0.072, 0.349, 0.069, 0.127, 0.227),
    "text to search: small model": (-0.127, -0.065, -0.057, 0.119, 0.481, 0.107, 0.442),
    "writing": (-0.021, 0.13, -0.457, 0.126, 0.013, 0.193, 0.085),
    "writing: behaviour_shift = some": (0.11, -0.125, -0.06, 0.126, 0.067, 0.048, -0.025),
    "writing: behaviour_shift = strong": (-0.209, -0.196, -0.059, 0.042, -0.076, 0.124, 0.031),
    "writing: data_quality = strong": (0.034, 0.033, -0.037, -0.09, -0.084, 0.228, -0.078),
    "writing: main_error = knowledge": (-0.222, -0.009, -0.103, -0.303, 0.22, -0.148, 0.324),
    "writing: model_access = api": (0.048, 0.22, -0.072, -0.172, -0.11, -0.189, -0.178),
    "writing: model_access = api_tuning": (0.001, -0.027, -0.075, 0.142, 0.105, 0.075, 0.092),
    "writing: model_access = weights": (-0.133, 0.127, -0.188, 0.211, 0.155, 0.104, 0.09),
    "writing: output_schema = true": (-0.144, 0.002, -0.042, 0.144, 0.039, -0.001, 0.003),
    "writing: prompt_affordable = false": (-0.161, -0.071, -0.054, 0.249, 0.113, 0.536, -0.054),
    "writing: prompt_result = far": (0.027, 0.004, -0.078, -0.106, -0.16, -0.072, -0.05),
    "writing: prompt_result unknown": (-0.073, 0.016, -0.319, 0.129, 0.21, 0.084, 0.172),
    "writing: reasons to tune": (0.065, -0.114, -0.2, 0.284, -0.023, 0.36, -0.133),
    "writing: small model": (-0.039, -0.051, -0.082, -0.135, 0.257, 0.19, 0.056),
    "writing: special, tunable, untested": (-0.411, -0.054, -0.13, 0.169, 0.222, 0.439, 0.273),
    "writing: specialisation = deep": (0.05, -0.267, -0.136, -0.172, -0.034, 0.203, 0.214),
    "writing: specialisation = domain": (-0.237, 0.174, -0.15, 0.196, 0.015, 0.13, 0.06),
    "writing: specialisation = general": (0.188, 0.034, -0.075, -0.061, 0.041, -0.087, 0.043),
    "writing: text to search": (-0.241, 0.348, -0.183, -0.163, 0.271, -0.186, 0.326),
}

OTHER = -5.849
"""The log-odds of a plan that too few precedents know."""

AT_ONCE = 1.193
"""How many plans were right at once, on average, LoRA and full tuning counted once."""

LEARNED = frozenset(
    """
    accordance-tax-analysis adapter-for-each-user amazon-catalog-learnings
    amazon-medication-directions amazon-relevance-distillation ambience-icd10-codes
    anaconda-error-help antibiotic-indication-categories astronomy-assistant-full-corpus
    astronomy-questions-7b atlassian-review-comment-filter automation-dsl-changing-apis
    automation-dsl-tight-latency b01 b02 b06 b14 b16 b18 b20 b22 b23 b28 b29 b30 b31 b34 b35 b36
    b37 b42 b46 b47 b49 b57 b58 b60 bangla-multitask-hate bible-translation-domain-shift
    biomedical-annotation-guidelines-prompt biomedical-relations-no-labels c-vulnerability-fixes
    canva-query-intent capital-one-input-guardrail chatcast-query-product chip-design-assistant
    chip-tool-documentation choco-order-intake classroom-talk-coding climatealigned-greenness
    clinical-note-outcome-prediction clinical-summaries-eight-models clinical-text-flags-8b
    clipping-diplomat-exam code-comments-gpt4-or-tuned code-review-revision
    code-weakness-categories coop-store-policies course-forum-answers crag-dynamic-facts
    cross-border-company-matching cursor-fast-apply cybersecurity-questions
    deliveryhero-title-student dense-news-summaries-cheap digits-accountant-questions
    distil-openbook-multihop distil-text2sql doctor-patient-notes dutch-report-fields-zero-shot
    dutch-report-ner echo-ai-conversation-insights elastic-support-assistant
    entity-matching-tuned-small-llm etsy-expense-policy-answers etsy-realtime-relevance
    fact-checked-claim-llm-embedder fact-checked-claim-search faire-search-relevance-labels
    fake-news-verified-labels farming-advice-by-region finance-report-arithmetic
    financial-report-arithmetic-small-models financial-sentiment-lora-8b
    floqast-transaction-matching fluent-essay-correction freshqa-search-prompt
    gaming-toxic-speech geico-quote-chat german-reader-comments-hate glean-enterprise-embeddings
    google-ads-policy govtech-lionguard2 govtech-off-topic grab-fraud-analytics-reports
    grammarly-delicate-text grounding-check-of-answers harvey-verbatim-passages
    highlighter-outage-reports hipe-historical-newspapers home-voice-function-calls
    hospital-course-summaries icd-coding-with-guidelines icd-cpt-coding-70b
    indian-court-judgement-summaries intent-slot-small-business jailbreak-filter-cheap
    java-bug-fix-code-models judge-for-changing-tasks kubica-post-sentiment
    layout-documents-well-configured-llm lecture-slides-assistant legal-judgment-long-documents
    linkedin-job-writing-prompts little-known-characters llm-translation-adapters-or-shots
    llm-translation-ten-directions log-anomalies-with-labels low-code-workflow-json
    many-narrow-tasks-one-gpu materials-entities materials-entities-128-abstracts
    materials-relations maths-tutor-dialogue medical-continued-pretraining
    medical-exam-small-budget medical-questions-medquad mercadolibre-transactions
    meta-root-cause-changes microsoft-incident-recommendations milo-family-calendar
    motivational-interviewing-chinese multi-hop-news-questions one-long-document-qa
    open-domain-small-talk open-entity-types-limited-compute orbital-property-diligence
    passage-reranking-no-labels patent-claims-drafting pharo-ide-completion
    phi-removal-tuned-gpt phishing-email-3b-models phone-function-calls
    plc-structured-text-compiler podium-conversation-end political-news-stance-sentiment
    product-attribute-values product-matching-unseen pubmed-summaries-t5
    question-pair-similarity-100k radiology-impressions radiology-summaries-million-reports
    raft-on-newer-models raft-open-book-exam rare-entities-synthetic-qa reading-tutor-low-cost
    rental-guest-messages requirements-other-project retail-contact-centre-replies
    retail-snowflake-sql road-inspection-logs-few-per-class safetykit-policy-rules
    schema-and-entity-matching-no-tuning schneider-account-linking science-answer-scoring
    sentence-simplification-44-models shopping-query-product-fit
    short-python-problems-gpt4-or-tuned shortwave-autocomplete shortwave-draft-style
    skill-spans-combined skill-spans-in-job-ads skysight-aviation-posts
    small-corpus-synthetic-pretraining southern-african-language-sentiment spider-sql-api
    statute-retrieval-two-stage stitchfix-ad-headlines stitchfix-product-descriptions
    stix-threat-entities-bart swiggy-dish-search swisscom-voice-bot
    systematic-review-screening-calibrated task-oriented-replies telecom-oracle-tuned-retrieval
    thomson-reuters-support tinder-handle-detection translation-quality-llm-annotator
    translation-quality-low-resource travelers-email-classes trial-eligibility-n2c2
    unit-tests-java unseen-language-in-house vannevar-multilingual-sentiment verilog-in-house
    walmart-relevance-judgement wayfair-style-pairs wix-support-routing-features
    workflow-hallucinated-steps xbrl-extreme-labels-lora zillow-fair-housing zuru-floor-plans
    """.split()  # noqa: SIM905 - two hundred lines less
)
"""The precedents that this was learned from."""
