package main

import (
	"compress/gzip"
	"encoding/base64"
	"encoding/csv"
	"encoding/gob"
	"encoding/hex"
	"encoding/json"
	"encoding/xml"
	"errors"
	"math"
	"strings"
)

type order struct {
	ID    int    `json:"id"`
	Price string `json:"price"`
}

type refusesJSON struct{}

func (refusesJSON) MarshalJSON() ([]byte, error) { return nil, errors.New("no rate for currency XTS") }

func decode(text string) string {
	var o order
	return said(json.Unmarshal([]byte(text), &o))
}

func init() {
	provoke("encoding-json/unexpected-end", func() string { return decode(`{"id":1`) })
	provoke("encoding-json/looking-for-beginning-of-value", func() string { return decode(`<html>`) })
	provoke("encoding-json/invalid-character-after", func() string { return decode(`{"id":1}}`) })
	provoke("encoding-json/invalid-character-in+literal", func() string { return decode(`{"id":nul1}`) })
	provoke("encoding-json/invalid-character-in", func() string { return decode("{\"price\":\"a\nb\"}") })
	provoke("encoding-json/cannot-unmarshal-field", func() string { return decode(`{"id":"seven"}`) })
	provoke("encoding-json/cannot-unmarshal-value", func() string { return decode(`[1,2]`) })
	provoke("encoding-json/unsupported-type", func() string { _, err := json.Marshal(map[string]any{"f": func() {}}); return said(err) })
	provoke("encoding-json/unsupported-value", func() string { _, err := json.Marshal(math.NaN()); return said(err) })
	provoke("encoding-json/unknown-field", func() string {
		d := json.NewDecoder(strings.NewReader(`{"prize":"1"}`))
		d.DisallowUnknownFields()
		var o order
		return said(d.Decode(&o))
	})
	provoke("encoding-json/unmarshal-non-pointer", func() string { var o any = order{}; return said(json.Unmarshal([]byte(`{}`), o)) })
	provoke("encoding-json/error-calling-marshal", func() string { _, err := json.Marshal(refusesJSON{}); return said(err) })
	provoke("encoding-json/invalid-number-literal", func() string {
		var n struct{ N json.Number }
		return said(json.Unmarshal([]byte(`{"N":"12x"}`), &n))
	})
	provoke("encoding-base64/illegal-data", func() string { _, err := base64.StdEncoding.DecodeString("not base64"); return said(err) })
	provoke("encoding-hex/invalid-byte", func() string { _, err := hex.DecodeString("zz"); return said(err) })
	provoke("encoding-hex/odd-length", func() string { _, err := hex.DecodeString("abc"); return said(err) })
	provoke("encoding-csv/wrong-number-of-fields", func() string { _, err := csv.NewReader(strings.NewReader("a,b\nc\n")).ReadAll(); return said(err) })
	provoke("encoding-csv/bare-quote", func() string { _, err := csv.NewReader(strings.NewReader("a \"b\"\n")).ReadAll(); return said(err) })
	provoke("encoding-xml/syntax-error", func() string { var v struct{}; return said(xml.Unmarshal([]byte("<a><b></a>"), &v)) })
	provoke("encoding-gob/type-not-registered", func() string {
		var v struct{ A any }
		v.A = order{}
		return said(gob.NewEncoder(&strings.Builder{}).Encode(v))
	})
	provoke("compress-gzip/invalid-header", func() string { _, err := gzip.NewReader(strings.NewReader("not compressed at all")); return said(err) })
}
