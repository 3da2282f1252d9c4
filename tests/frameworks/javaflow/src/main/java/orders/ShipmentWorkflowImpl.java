package orders;

import com.amazonaws.services.simpleworkflow.flow.ChildWorkflowFailedException;
import com.amazonaws.services.simpleworkflow.flow.annotations.Asynchronous;
import com.amazonaws.services.simpleworkflow.flow.annotations.Wait;
import com.amazonaws.services.simpleworkflow.flow.core.Promise;
import com.amazonaws.services.simpleworkflow.flow.core.Settable;
import com.amazonaws.services.simpleworkflow.flow.core.TryCatch;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

public class ShipmentWorkflowImpl implements ShipmentWorkflow {
    private final ParcelWorkflowClient.Factory parcels = new ParcelWorkflowClient.Factory();

    @Override
    public Promise<String> ship(String weights) {
        List<Promise<String>> labels = new ArrayList<>();
        for (String weight : weights.split(" ")) {
            labels.add(deliver(labels.size() + 1, weight));
        }
        return list(labels);
    }

    private Promise<String> deliver(int number, String weight) {
        Settable<String> label = new Settable<>();
        new TryCatch() {
            @Override
            protected void doTry() {
                ParcelWorkflowClient parcel = parcels.getClient();
                label.chain(parcel.deliver(number));
                if (!weight.equals("-")) {
                    parcel.weigh(Integer.parseInt(weight), parcel.getRunId());
                }
            }

            @Override
            protected void doCatch(Throwable failure) throws Throwable {
                if (!(failure instanceof ChildWorkflowFailedException)) {
                    throw failure;
                }
                label.unchain();
                label.set(failure.getCause().getMessage());
            }
        };
        return label;
    }

    @Asynchronous
    private Promise<String> list(@Wait List<Promise<String>> labels) {
        return Promise.asPromise(labels.stream().map(Promise::get).collect(Collectors.joining(", ")));
    }
}
