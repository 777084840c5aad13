package api

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"

	"github.com/grpc-ecosystem/grpc-gateway/v2/runtime"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"

	"github.com/onestop-gateway/onestop/settlement"
)

// jsonForm is the JSON side of the contract: written canonically, so that
// equal messages are equal bytes, and read strictly.
//
// Fields are named as in the contract. What is empty is left out, so that an
// answer given long ago stays the same bytes when the contract grows.
type jsonForm struct{}

// ContentType is JSON's.
func (jsonForm) ContentType(any) string { return "application/json" }

// Marshal writes a message without the white space that protojson varies on
// purpose.
func (jsonForm) Marshal(v any) ([]byte, error) {
	message, ok := v.(proto.Message)
	if !ok {
		return nil, errors.New("writing JSON of something that is no message")
	}
	loose, err := protojson.MarshalOptions{UseProtoNames: true}.Marshal(message)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	err = json.Compact(&b, loose)
	return b.Bytes(), err
}

// Unmarshal reads a message strictly.
func (jsonForm) Unmarshal(data []byte, v any) error {
	message, ok := v.(proto.Message)
	if !ok {
		return errors.New("reading JSON into something that is no message")
	}
	if err := checkJSON(data, message.ProtoReflect().Descriptor()); err != nil {
		return err
	}
	if err := protojson.Unmarshal(data, message); err != nil {
		return wrongAt("body", settlement.Wrong("it holds text that is not Unicode"))
	}
	return pathOnly(message)
}

// pathOnly refuses an id in the body of a call whose path names it.
func pathOnly(message proto.Message) error {
	fields := message.ProtoReflect().Descriptor().Fields()
	if id := fields.ByName("id"); id != nil && message.ProtoReflect().Has(id) {
		return wrongAt(string(id.Name()), settlement.Wrong("stands in the path only"))
	}
	return nil
}

// wrongAt is a problem with the field it is told by.
func wrongAt(field string, problem *settlement.Problem) error {
	placed := *problem
	placed.Path = field
	return &placed
}

// NewDecoder reads one whole body. What is wrong with it is left with the
// visit, because the gateway passes on only the text of an error.
func (f jsonForm) NewDecoder(r io.Reader) runtime.Decoder {
	return runtime.DecoderFunc(func(v any) error {
		err := f.decode(r, v)
		if body, ok := r.(*visitBody); ok && err != nil && err != io.EOF {
			body.visit.refusal = err
		}
		return err
	})
}

func (f jsonForm) decode(r io.Reader, v any) error {
	data, err := io.ReadAll(r)
	var tooLarge *http.MaxBytesError
	if errors.As(err, &tooLarge) {
		return &settlement.Error{Kind: settlement.KindTooManyRows, Reason: settlement.ReasonBodyTooLarge, Field: "body", Value: fmt.Sprintf("at most %d bytes", bodyMax)}
	}
	if err != nil { // the caller's connection failed, stalled, or sent what is no chunk
		return wrongAt("body", settlement.Wrong("it did not arrive whole"))
	}
	if len(bytes.TrimSpace(data)) == 0 {
		return io.EOF
	}
	return f.Unmarshal(data, v)
}

// NewEncoder writes messages one after the other.
func (f jsonForm) NewEncoder(w io.Writer) runtime.Encoder {
	return runtime.EncoderFunc(func(v any) error {
		data, err := f.Marshal(v)
		if err != nil {
			return err
		}
		_, err = w.Write(data)
		return err
	})
}

// visitBody is a request's body that knows its visit.
type visitBody struct {
	io.ReadCloser
	visit *visit
}

// Read reads, and lets the visit know what was read.
func (b *visitBody) Read(into []byte) (int, error) {
	n, err := b.ReadCloser.Read(into)
	if b.visit.body != nil {
		b.visit.body.Write(into[:n]) // a hash takes everything
	}
	return n, err
}
